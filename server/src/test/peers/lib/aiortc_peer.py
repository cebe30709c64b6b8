"""A participant on two PeerConnections that offers one SRTP profile only: AES128_CM_SHA1_80.

Publishes a red VP8 picture and an Opus tone, subscribes to everything, and prints one line of JSON
for what happens: {"event": "joined"}, {"event": "received", "frames": …}, and so on.

    aiortc_peer.py WS_URL TOKEN SECONDS
"""

import asyncio
import fractions
import json
import math
import sys
import time
from urllib.parse import urlencode

import aiohttp
import av
from aiortc import (
    AudioStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
    VideoStreamTrack,
    rtcdtlstransport,
)
from aiortc.sdp import candidate_from_sdp
from livekit.protocol import models, rtc

PROFILE = "SRTP_AES128_CM_SHA1_80"
rtcdtlstransport.SRTP_PROFILES = [
    p for p in rtcdtlstransport.SRTP_PROFILES if PROFILE in p.openssl_profile.decode()
]
assert len(rtcdtlstransport.SRTP_PROFILES) == 1


def say(event, **more):
    print(json.dumps({"event": event, **more}), flush=True)


class Red(VideoStreamTrack):
    async def recv(self):
        pts, time_base = await self.next_timestamp()
        frame = av.VideoFrame(320, 180, "yuv420p")
        for plane, value in zip(frame.planes, (76 + pts // 3000 % 8, 85, 255)):
            plane.update(bytes([value]) * plane.buffer_size)
        frame.pts, frame.time_base = pts, time_base
        return frame


class Tone(AudioStreamTrack):
    sent = 0
    began = None

    async def recv(self):
        rate, count = 48000, 960
        self.began = self.began or time.monotonic()
        await asyncio.sleep(max(0, self.began + self.sent / rate - time.monotonic()))
        samples = [int(8000 * math.sin(2 * math.pi * 440 * (self.sent + i) / rate)) for i in range(count)]
        frame = av.AudioFrame(format="s16", layout="mono", samples=count)
        frame.planes[0].update(b"".join(s.to_bytes(2, "little", signed=True) for s in samples))
        frame.sample_rate, frame.pts, frame.time_base = rate, self.sent, fractions.Fraction(1, rate)
        self.sent += count
        return frame


class Peer:
    def __init__(self, socket):
        self.socket = socket
        self.publisher = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.subscriber = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.subscriber.on("track", self.on_track)
        self.early = {0: [], 1: []}
        self.counts = {"video": 0, "audio": 0}
        self.energy = 0.0

    def on_track(self, track):
        asyncio.ensure_future(self.consume(track))

    async def consume(self, track):
        try:
            while True:
                frame = await track.recv()
                self.counts[track.kind] += 1
                if track.kind == "audio":
                    data = bytes(frame.planes[0])
                    self.energy += sum(
                        abs(int.from_bytes(data[i : i + 2], "little", signed=True)) for i in range(0, len(data), 128)
                    )
        except Exception as error:  # the track ended
            say("ended", kind=track.kind, why=type(error).__name__)

    async def send(self, **kind):
        await self.socket.send_bytes(rtc.SignalRequest(**kind).SerializeToString())

    async def publish(self):
        self.publisher.createDataChannel("_reliable")
        for track, kind, source in (
            (Red(), models.TrackType.VIDEO, models.TrackSource.CAMERA),
            (Tone(), models.TrackType.AUDIO, models.TrackSource.MICROPHONE),
        ):
            transceiver = self.publisher.addTransceiver(track, direction="sendonly")
            if kind == models.TrackType.VIDEO:
                codecs = RTCRtpSender.getCapabilities("video").codecs
                transceiver.setCodecPreferences([c for c in codecs if c.mimeType in ("video/VP8", "video/rtx")])
            await self.send(
                add_track=rtc.AddTrackRequest(cid=track.id, type=kind, source=source, width=320, height=180)
            )
        await self.publisher.setLocalDescription(await self.publisher.createOffer())
        local = self.publisher.localDescription
        await self.send(offer=rtc.SessionDescription(type="offer", sdp=local.sdp, id=1))

    async def candidate(self, pc, text):
        init = json.loads(text)
        candidate = candidate_from_sdp(init["candidate"].split(":", 1)[1])
        candidate.sdpMid, candidate.sdpMLineIndex = init["sdpMid"], init["sdpMLineIndex"]
        await pc.addIceCandidate(candidate)

    async def described(self, target):
        pc = (self.publisher, self.subscriber)[target]
        for text in self.early[target]:
            await self.candidate(pc, text)
        self.early[target] = []

    async def on_message(self, message):
        kind = message.WhichOneof("message")
        if kind == "join":
            say("joined", sid=message.join.participant.sid)
            await self.publish()
        elif kind == "answer":
            await self.publisher.setRemoteDescription(RTCSessionDescription(message.answer.sdp, "answer"))
            await self.described(0)
        elif kind == "offer":
            await self.subscriber.setRemoteDescription(RTCSessionDescription(message.offer.sdp, "offer"))
            await self.described(1)
            await self.subscriber.setLocalDescription(await self.subscriber.createAnswer())
            local = self.subscriber.localDescription
            await self.send(answer=rtc.SessionDescription(type="answer", sdp=local.sdp, id=message.offer.id))
        elif kind == "trickle":
            target = message.trickle.target
            pc = (self.publisher, self.subscriber)[target]
            if pc.remoteDescription:
                await self.candidate(pc, message.trickle.candidateInit)
            else:
                self.early[target].append(message.trickle.candidateInit)
        elif kind == "leave":
            say("left", reason=message.leave.reason)


async def main(url, token, seconds):
    query = urlencode({"access_token": token, "auto_subscribe": 1, "sdk": "python", "protocol": 15, "version": "1.0.0"})
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{url}/rtc?{query}") as socket:
        peer = Peer(socket)

        async def report():
            while True:
                await asyncio.sleep(0.25)
                say(
                    "received",
                    **peer.counts,
                    energy=peer.energy,
                    publisher=peer.publisher.connectionState,
                    subscriber=peer.subscriber.connectionState,
                )

        reporting = asyncio.ensure_future(report())
        try:
            async with asyncio.timeout(seconds):
                async for received in socket:
                    if received.type == aiohttp.WSMsgType.BINARY:
                        await peer.on_message(rtc.SignalResponse.FromString(received.data))
        except TimeoutError:
            pass
        reporting.cancel()
        await peer.send(leave=rtc.LeaveRequest(reason=models.DisconnectReason.CLIENT_INITIATED))
        await peer.publisher.close()
        await peer.subscriber.close()


asyncio.run(main(sys.argv[1].rstrip("/"), sys.argv[2], float(sys.argv[3])))
