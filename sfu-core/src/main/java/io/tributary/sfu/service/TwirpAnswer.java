package io.tributary.sfu.service;

import com.google.protobuf.Message;

/// What a method answers.
sealed interface TwirpAnswer {
    record Done(Message message) implements TwirpAnswer {}

    /// @param message for people
    record Failed(TwirpCode code, String message) implements TwirpAnswer {}
}
