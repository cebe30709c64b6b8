package io.tributary.sfu.signal.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.tributary.sfu.service.proto.RoomServiceProto;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import livekit.LivekitModels;
import livekit.LivekitRoom;
import livekit.LivekitRtc;
import org.junit.jupiter.api.Test;

/// Our proto files against the ones LiveKit ships to servers: same names, numbers and types for everything we declare,
/// and random messages mean the same to both sides.
class WireOracleTest {
    /// Declared by us, newer than the oracle.
    private static final List<String> NEWER =
            List.of("livekit.ParticipantInfo.capabilities", "CAP_COMPRESSION_DEFLATE_RAW");

    private final Map<String, Descriptor> oracle = new LinkedHashMap<>();
    private final Map<String, EnumDescriptor> oracleEnums = new LinkedHashMap<>();

    WireOracleTest() {
        for (var file :
                List.of(LivekitModels.getDescriptor(), LivekitRtc.getDescriptor(), LivekitRoom.getDescriptor())) {
            file.getMessageTypes().forEach(this::learn);
            file.getEnumTypes().forEach(type -> oracleEnums.put(type.getFullName(), type));
        }
    }

    @Test
    void everythingWeDeclareIsDeclaredAlike() {
        int compared = 0;
        for (Descriptor ours : ourMessages()) {
            Descriptor theirs = oracle.get(ours.getFullName());
            assertThat(theirs).as(ours.getFullName()).isNotNull();
            for (FieldDescriptor field : ours.getFields()) {
                if (NEWER.contains(field.getFullName())) {
                    continue;
                }
                FieldDescriptor same = theirs.findFieldByNumber(field.getNumber());
                assertThat(same).as(field.getFullName()).isNotNull();
                assertThat(same.getName()).isEqualTo(field.getName());
                assertThat(same.getJsonName()).isEqualTo(field.getJsonName());
                assertThat(same.getType()).as(field.getFullName()).isEqualTo(field.getType());
                assertThat(same.isRepeated()).as(field.getFullName()).isEqualTo(field.isRepeated());
                assertThat(same.hasPresence()).as(field.getFullName()).isEqualTo(field.hasPresence());
                assertThat(typeName(same)).as(field.getFullName()).isEqualTo(typeName(field));
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(200);
    }

    @Test
    void everyNameOfAnEnumHasItsNumber() {
        for (EnumDescriptor ours : ourEnums()) {
            EnumDescriptor theirs = oracleEnums.get(ours.getFullName());
            assertThat(theirs).as(ours.getFullName()).isNotNull();
            for (EnumValueDescriptor value : ours.getValues()) {
                if (!NEWER.contains(value.getName())) {
                    EnumValueDescriptor same = theirs.findValueByNumber(value.getNumber());
                    assertThat(same).as(value.getFullName()).isNotNull();
                    assertThat(same.getName()).isEqualTo(value.getName());
                }
            }
        }
    }

    /// Random messages of every type we declare, from a fixed seed: ours → theirs → ours, equal in text and bytes.
    @Test
    void randomMessagesMeanTheSameToBothSides() throws InvalidProtocolBufferException {
        for (long seed = 1; seed <= 30; seed++) {
            Random random = new Random(seed);
            for (Descriptor ours : ourMessages()) {
                if (ours.getOptions().getMapEntry()) {
                    continue;
                }
                Message made = random(ours, random, 0);
                DynamicMessage theirs = DynamicMessage.parseFrom(oracleOf(ours), made.toByteString());
                assertThat(TextFormat.printer().printToString(theirs))
                        .as("%s, seed %d", ours.getFullName(), seed)
                        .isEqualTo(TextFormat.printer().printToString(made));
                DynamicMessage back = DynamicMessage.parseFrom(ours, theirs.toByteString());
                assertThat(back).as("%s, seed %d", ours.getFullName(), seed).isEqualTo(made);
            }
        }
    }

    @Test
    void variantsWeLeaveOutParseAsNothingAndSurvive() throws InvalidProtocolBufferException {
        LivekitRtc.SignalRequest simulate = LivekitRtc.SignalRequest.newBuilder()
                .setSimulate(LivekitRtc.SimulateScenario.newBuilder().setServerLeave(true))
                .build();
        SignalRequest ours = SignalRequest.parseFrom(simulate.toByteArray());
        assertThat(ours.getMessageCase()).isEqualTo(SignalRequest.MessageCase.MESSAGE_NOT_SET);
        assertThat(LivekitRtc.SignalRequest.parseFrom(ours.toByteArray())).isEqualTo(simulate);
        assertThat(SignalResponse.parseFrom(new byte[0]).getMessageCase())
                .isEqualTo(SignalResponse.MessageCase.MESSAGE_NOT_SET);
    }

    private Descriptor oracleOf(Descriptor ours) {
        Descriptor theirs = oracle.get(ours.getFullName());
        if (theirs == null) {
            throw new AssertionError(ours.getFullName());
        }
        return theirs;
    }

    private void learn(Descriptor type) {
        oracle.put(type.getFullName(), type);
        type.getNestedTypes().forEach(this::learn);
        type.getEnumTypes().forEach(nested -> oracleEnums.put(nested.getFullName(), nested));
    }

    private static List<Descriptor> ourMessages() {
        List<Descriptor> all = new ArrayList<>();
        Models.getDescriptor().getMessageTypes().forEach(type -> collect(type, all));
        Signal.getDescriptor().getMessageTypes().forEach(type -> collect(type, all));
        RoomServiceProto.getDescriptor().getMessageTypes().forEach(type -> collect(type, all));
        return all;
    }

    private static void collect(Descriptor type, List<Descriptor> into) {
        into.add(type);
        type.getNestedTypes().forEach(nested -> collect(nested, into));
    }

    private static List<EnumDescriptor> ourEnums() {
        List<EnumDescriptor> all = new ArrayList<>();
        all.addAll(Models.getDescriptor().getEnumTypes());
        all.addAll(Signal.getDescriptor().getEnumTypes());
        ourMessages().forEach(type -> all.addAll(type.getEnumTypes()));
        return all;
    }

    private static String typeName(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case MESSAGE -> field.getMessageType().getFullName();
            case ENUM -> field.getEnumType().getFullName();
            default -> "";
        };
    }

    private static Message random(Descriptor type, Random random, int depth) {
        DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
        for (FieldDescriptor field : type.getFields()) {
            boolean nested = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
            boolean newer =
                    NEWER.contains(field.getFullName()) || field.getName().equals("capabilities");
            if (newer || random.nextBoolean() || (nested && depth > 3)) {
                continue;
            }
            if (field.isMapField()) {
                message.addRepeatedField(field, random(field.getMessageType(), random, depth + 1));
            } else if (field.isRepeated()) {
                for (int i = random.nextInt(3); i > 0; i--) {
                    message.addRepeatedField(field, value(field, random, depth));
                }
            } else if (field.getContainingOneof() == null || !message.hasOneof(field.getContainingOneof())) {
                message.setField(field, value(field, random, depth));
            }
        }
        return message.build();
    }

    private static Object value(FieldDescriptor field, Random random, int depth) {
        return switch (field.getJavaType()) {
            case INT -> random.nextInt(1 << 20);
            case LONG -> random.nextLong();
            case FLOAT -> random.nextFloat();
            case DOUBLE -> random.nextDouble();
            case BOOLEAN -> random.nextBoolean();
            case STRING -> "s" + random.nextInt(1000);
            case BYTE_STRING -> ByteString.copyFromUtf8("b" + random.nextInt(1000));
            case ENUM ->
                field.getEnumType()
                        .getValues()
                        .get(random.nextInt(field.getEnumType().getValues().size()));
            case MESSAGE -> random(field.getMessageType(), random, depth + 1);
        };
    }
}
