package io.tributary.transport.codec;

import org.jspecify.annotations.Nullable;

/// What one packet tells of its frame. Reused: a [PayloadReader] fills all of it.
///
/// Where layers are sent together in one stream (scalable coding), a *picture* is what is shown at one moment,
/// and a *frame* is one spatial layer's share of it. Elsewhere the two are the same.
public final class FrameFacts {
    /// For numbers that the packet does not carry.
    public static final int NONE = -1;

    /// The highest that any of our codecs can number (VP9 and the dependency descriptor: three bits).
    public static final int HIGHEST_TEMPORAL_LAYER = 7;

    /// As [#HIGHEST_TEMPORAL_LAYER] (VP9; the dependency descriptor has two bits).
    public static final int HIGHEST_SPATIAL_LAYER = 7;

    /// Whether this is the first packet of a frame.
    public boolean startsFrame;

    /// Whether this is the last packet of a frame.
    public boolean endsFrame;

    /// Whether it is the last packet of a picture with all its spatial layers: the RTP marker as the publisher
    /// set it.
    public boolean endsPicture;

    /// Whether a receiver that has seen nothing so far can start here: the first packet of a key frame, of
    /// several spatial layers the lowest. Known on a frame's first packet only.
    public boolean keyframe;

    /// Whether this is the first packet of a frame of which nothing readable tells if it is a key frame. A receiver
    /// that is given this one may have to wait for the next key frame, and only it can tell when that comes.
    public boolean keyframeHidden;

    /// Whether no other frame depends on this one, as far as can be told.
    public boolean discardable;

    /// 0 without spatial layers.
    public int spatialId;

    /// How many spatial layers the publisher sends now; 0 while nobody has said.
    public int spatialLayers;

    /// 0 without temporal layers.
    public int temporalId;

    /// Whether the frame depends on one of an earlier picture. A codec that doesn't say so of its frames
    /// depends, except in a [#keyframe].
    public boolean interPicture;

    /// Whether the frame depends on a lower spatial layer of its own picture.
    public boolean interLayer;

    /// Whether a higher spatial layer of the same picture may depend on this frame.
    public boolean referencedAbove;

    /// VP8's Y and H.265's sub-layer access: whether the frame refers to lower temporal layers only, so that a
    /// receiver of the layers below its own may take its layer up here.
    public boolean layerSync;

    /// VP9's U: whether no frame of a higher temporal layer, from here on, depends on one before this of a
    /// higher temporal layer, so that a receiver of this layer may take all higher ones up after it.
    public boolean switchingUp;

    /// Of [#pictureIdBits] bits, or [#NONE].
    public int pictureId;

    /// 7 or 15, 0 without a picture id.
    public int pictureIdBits;

    /// 8 bits, counting the pictures of the base temporal layer; or [#NONE].
    public int tl0PicIdx;

    /// 5 bits, or [#NONE].
    public int keyIdx;

    /// Bytes of the payload descriptor.
    public int descriptorLength;

    /// What the packet's dependency descriptor says, the reader's own and valid until it reads again; null where
    /// the packet has none, or none that can be read.
    public @Nullable FrameDependencies dependencies;

    /// Back to a frame of a codec without any of this.
    public void clear() {
        startsFrame = false;
        endsFrame = false;
        endsPicture = false;
        keyframe = false;
        keyframeHidden = false;
        discardable = false;
        spatialId = 0;
        spatialLayers = 0;
        temporalId = 0;
        interPicture = true;
        interLayer = false;
        referencedAbove = true;
        layerSync = false;
        switchingUp = false;
        pictureId = NONE;
        pictureIdBits = 0;
        tl0PicIdx = NONE;
        keyIdx = NONE;
        descriptorLength = 0;
        dependencies = null;
    }

    /// Whether a receiver of the layers up to these needs this frame. Layers above those that the publisher
    /// sends now count as the highest that it does send.
    public boolean neededFor(int spatial, int temporal) {
        FrameDependencies known = dependencies;
        if (known != null) {
            return known.neededFor(spatial, temporal);
        }
        int top = topLayer(spatial);
        return temporalId <= temporal && (spatialId == top || spatialId < top && referencedAbove);
    }

    /// The highest temporal layer that a receiver of those up to `temporal` may be given from this frame on. Of
    /// the frames that it was given so far, this one must not be missing.
    ///
    /// @param spatial the spatial layers that it receives, up to this one
    public int temporalReach(int spatial, int temporal) {
        if (keyframe) {
            return HIGHEST_TEMPORAL_LAYER;
        }
        FrameDependencies known = dependencies;
        if (known != null) {
            return temporalId <= temporal ? Math.max(temporal, known.switchesUpTo(spatial)) : temporal;
        }
        if (switchingUp && temporalId <= temporal) {
            return HIGHEST_TEMPORAL_LAYER;
        }
        // One step at a time: what comes between this layer and a higher one may refer to what was left out.
        return layerSync && temporalId == temporal + 1 ? temporalId : temporal;
    }

    /// Whether a receiver of all lower spatial layers of this picture may take this frame's spatial layer up
    /// here.
    public boolean startsSpatialLayer() {
        return startsFrame && !interPicture;
    }

    /// Whether the packet is the last of the picture for a receiver of the spatial layers up to `spatial`, which
    /// is where its marker belongs.
    public boolean endsPictureFor(int spatial) {
        return endsPicture || endsFrame && spatialId >= topLayer(spatial);
    }

    private int topLayer(int spatial) {
        return spatialLayers > 0 ? Math.min(spatial, spatialLayers - 1) : spatial;
    }
}
