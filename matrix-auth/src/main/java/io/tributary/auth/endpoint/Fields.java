package io.tributary.auth.endpoint;

import io.tributary.auth.access.CallNames;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// The fields of one JSON object, with what was wrong about them. Reading goes on after a fault, so that a reader has
/// no branches; whoever reads looks at [#fault] in the end.
final class Fields {
    /// Room ids, devices and the rest are 255 bytes at most by the specification; this is for old and odd ones.
    private static final int LONGEST = 1024;

    /// What is wrong with a request, the gravest first.
    enum Fault {
        /// A field has the wrong type, or is not known and that is not tolerated.
        SHAPE,

        /// A field is missing or empty.
        MISSING,

        /// A field holds what has no UTF-8, or is far too long.
        TEXT,

        NONE
    }

    private final JsonNode object;
    private final boolean strict;
    private final Fault[] fault;
    private final String[] where;

    private Fields(JsonNode object, boolean strict, Fault[] fault, String[] where) {
        this.object = object;
        this.strict = strict;
        this.fault = fault;
        this.where = where;
    }

    static Fields of(JsonNode object, boolean strict) {
        var fields = new Fields(object, strict, new Fault[] {Fault.NONE}, new String[] {""});
        if (!object.isObject()) {
            fields.note(Fault.SHAPE, "the body");
        }
        return fields;
    }

    Fault fault() {
        return fault[0];
    }

    /// The field that [#fault] is about.
    String where() {
        return where[0];
    }

    /// An object within this one; its faults count here.
    Fields within(String name) {
        JsonNode child = object.path(name);
        if (isThere(child) && !child.isObject()) {
            note(Fault.SHAPE, name);
        }
        return new Fields(child, strict, fault, where);
    }

    String required(String name) {
        String text = optional(name);
        if (text.isEmpty()) {
            note(Fault.MISSING, name);
        }
        return text;
    }

    /// Empty when it isn't there.
    String optional(String name) {
        JsonNode value = object.path(name);
        if (!isThere(value)) {
            return "";
        }
        if (!value.isString()) {
            note(Fault.SHAPE, name);
            return "";
        }
        String text = value.asString();
        if (text.length() > LONGEST || !CallNames.isEncodable(text)) {
            note(Fault.TEXT, name);
            return "";
        }
        return text;
    }

    /// Any other text that is not looked at.
    void ignored(String name) {
        JsonNode value = object.path(name);
        if (isThere(value) && !value.isString()) {
            note(Fault.SHAPE, name);
        }
    }

    /// 0 when it isn't there. Numbers in quotes are numbers unless that is not tolerated.
    long number(String name) {
        JsonNode value = object.path(name);
        if (!isThere(value)) {
            return 0;
        }
        if (value.isIntegralNumber() && value.canConvertToLong()) {
            return value.asLong();
        }
        if (!strict && value.isFloatingPointNumber()) {
            return (long) value.asDouble(0);
        }
        if (!strict && value.isString() && value.asString().matches("[0-9]{1,18}")) {
            return Long.parseLong(value.asString());
        }
        note(Fault.SHAPE, name);
        return 0;
    }

    boolean has(String name) {
        return isThere(object.path(name));
    }

    /// Says which fields there may be.
    void only(Set<String> names) {
        if (!strict || !object.isObject()) {
            return;
        }
        for (String name : object.propertyNames()) {
            if (!names.contains(name)) {
                note(Fault.SHAPE, "a field that is not known");
                return;
            }
        }
    }

    private static boolean isThere(JsonNode value) {
        return !value.isMissingNode() && !value.isNull();
    }

    private void note(Fault found, String name) {
        if (found.ordinal() < fault[0].ordinal()) {
            fault[0] = found;
            where[0] = name;
        }
    }
}
