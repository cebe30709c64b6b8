package io.tributary.sfu.token;

/// Who a participant is, chosen by whoever signs tokens: any text, often a Matrix user and device. Prints as a short
/// digest, because user ids do not belong in logs.
public record ParticipantIdentity(String value) {
    @Override
    public String toString() {
        return "id-" + Integer.toHexString(value.hashCode());
    }
}
