package io.stopline.fleet.internal.broker;

import com.hivemq.extension.sdk.api.async.Async;
import com.hivemq.extension.sdk.api.async.TimeoutFallback;
import com.hivemq.extension.sdk.api.interceptor.publish.PublishInboundInterceptor;
import com.hivemq.extension.sdk.api.interceptor.publish.parameter.PublishInboundInput;
import com.hivemq.extension.sdk.api.interceptor.publish.parameter.PublishInboundOutput;
import com.hivemq.extension.sdk.api.packets.disconnect.DisconnectReasonCode;
import com.hivemq.extension.sdk.api.packets.general.Qos;
import com.hivemq.extension.sdk.api.packets.publish.AckReasonCode;
import com.hivemq.extension.sdk.api.packets.publish.PublishPacket;
import com.hivemq.extension.sdk.api.services.Services;
import io.stopline.fleet.internal.rate.DeviceLoads;
import io.stopline.fleet.internal.rate.DeviceLoads.Measure;
import io.stopline.fleet.internal.rate.TokenBucket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much one device may publish at the embedded broker. Above its rate the broker confirms later:
 * a client may have only so many publishes unconfirmed, so it waits. What would have to wait for
 * too long is refused with the reason that MQTT 5 has for it (4.13, "quota exceeded"); a device's
 * outbox keeps an incident until the monitor itself has acknowledged it. A client that goes on
 * without waiting for any word is cut off.
 */
final class PublishLimit implements PublishInboundInterceptor {

  private static final Logger LOG = LoggerFactory.getLogger(PublishLimit.class);

  // An agent publishes a few messages a second; its outbox, after a long tunnel, as many as it may.
  private static final double MESSAGES_PER_SECOND = 100;
  private static final double MESSAGE_BURST = 400;
  private static final double BYTES_PER_SECOND = 8 << 20;
  private static final double BYTE_BURST = 32 << 20;
  private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final Duration SAFETY = Duration.ofSeconds(10);
  private static final int REFUSALS_IN_A_ROW = 2000;
  private static final String REASON = "more than the device's share; send it again later";

  private static final class Share {
    final TokenBucket messages;
    final TokenBucket bytes;
    final AtomicInteger refusals = new AtomicInteger();

    Share(long now) {
      messages = new TokenBucket(MESSAGES_PER_SECOND, MESSAGE_BURST, now);
      bytes = new TokenBucket(BYTES_PER_SECOND, BYTE_BURST, now);
    }
  }

  private final DeviceLoads loads;
  // By identity, which a credential or certificate proved: no more entries than there are devices.
  private final Map<String, Share> shares = new ConcurrentHashMap<>();

  /** Counts in {@code loads} what it does. */
  PublishLimit(DeviceLoads loads) {
    this.loads = loads;
  }

  @Override
  public void onInboundPublish(PublishInboundInput input, PublishInboundOutput output) {
    String device = input.getClientInformation().getClientId();
    if (device.equals(FleetExtension.MONITOR)) {
      return;
    }
    long now = System.nanoTime();
    Share share = shares.computeIfAbsent(device, d -> new Share(now));
    long wait = Math.max(share.messages.debtNanos(now), share.bytes.debtNanos(now));
    PublishPacket packet = input.getPublishPacket();
    boolean unconfirmed = packet.getQos() == Qos.AT_MOST_ONCE;
    if (wait > LONGEST_WAIT_NANOS || (wait > 0 && unconfirmed)) {
      refuse(device, share, unconfirmed, output);
      return;
    }
    share.refusals.set(0);
    share.messages.spend(1, now);
    share.bytes.spend(packet.getPayload().map(ByteBuffer::remaining).orElse(0), now);
    if (wait > 0) {
      loads.count(device, Measure.SLOWED);
      Async<PublishInboundOutput> later =
          output.async(SAFETY, TimeoutFallback.FAILURE, AckReasonCode.QUOTA_EXCEEDED, REASON);
      // Should it fail, the broker's own limit of time refuses the message.
      Future<?> unused =
          Services.extensionExecutorService().schedule(later::resume, wait, TimeUnit.NANOSECONDS);
    }
  }

  private void refuse(
      String device, Share share, boolean unconfirmed, PublishInboundOutput output) {
    loads.count(device, Measure.DROPPED);
    if (unconfirmed) {
      output.preventPublishDelivery();
    } else {
      output.preventPublishDelivery(AckReasonCode.QUOTA_EXCEEDED, REASON);
    }
    if (share.refusals.incrementAndGet() == REFUSALS_IN_A_ROW) {
      share.refusals.set(0);
      LOG.warn("'{}' publishes without end and is disconnected", device);
      // Should it fail, the next thousands of refusals try again.
      Future<?> unused =
          Services.clientService()
              .disconnectClient(device, false, DisconnectReasonCode.MESSAGE_RATE_TOO_HIGH, REASON);
    }
  }
}
