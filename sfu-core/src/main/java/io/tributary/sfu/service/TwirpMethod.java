package io.tributary.sfu.service;

import com.google.protobuf.Message;
import io.tributary.sfu.token.VideoGrant;
import java.util.concurrent.CompletionStage;
import java.util.function.BiPredicate;
import java.util.function.Function;

/// One method of a service.
///
/// @param empty a request without content, to read into
/// @param granted whether a token grants this very request
/// @param call carries it out; a failed stage is a bug of ours
record TwirpMethod<Q extends Message>(
        Q empty, BiPredicate<VideoGrant, Q> granted, Function<Q, CompletionStage<TwirpAnswer>> call) {}
