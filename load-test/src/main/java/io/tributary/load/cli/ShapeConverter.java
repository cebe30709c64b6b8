package io.tributary.load.cli;

import io.tributary.load.call.Shape;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A shape from the command line.
final class ShapeConverter implements ITypeConverter<Shape> {
    @Override
    public Shape convert(String text) {
        return Shape.parse(text)
                .orElseThrow(() -> new TypeConversionException(text
                        + " is no shape such as 1x100 (one publishes, 100 watch), 4x12 (twelve meet, four publish),"
                        + " audio10x50 (ten speak, 50 listen) or idle50, of at most " + Shape.MAX_PARTICIPANTS
                        + " participants"));
    }
}
