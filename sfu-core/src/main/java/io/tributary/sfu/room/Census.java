package io.tributary.sfu.room;

/// How much there is in all rooms at one moment.
///
/// @param participants everybody in a room, the hidden and those whose media does not flow yet among them
/// @param tracks published ones; those that were only announced are not
/// @param subscriptions pairs of a track and a participant who receives it
public record Census(int rooms, int participants, int tracks, int subscriptions) {}
