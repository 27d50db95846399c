package io.stopline.agent;

import io.stopline.agent.gpio.GpioMode;
import io.stopline.agent.outbox.OutboxSender;
import io.stopline.agent.outbox.OutboxWriter;
import io.stopline.config.DeviceProfile;
import io.stopline.telemetry.MqttSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How one agent is to run.
 *
 * @param device its id, as the monitor knows it
 * @param bundle folder of the bundle
 * @param policy null for the bundle's default
 * @param profile null for the bundle's default
 * @param state folder for outbox and seed key
 * @param source what to watch
 * @param wholeImage whether each frame is a sign, cut out beforehand
 * @param broker null for an agent that keeps its incidents until it has one
 * @param gpio which pins
 * @param heartbeatPin BCM number; null for the profile's
 * @param alarmPin BCM number; null for the profile's
 * @param place null for the profile's
 * @param outboxBytes cap on what waits for the monitor
 * @param spill what is held in memory while the disk fails
 * @param retry how patiently incidents are sent
 * @param healthInterval between health messages
 */
record AgentSettings(
    String device,
    Path bundle,
    @Nullable String policy,
    @Nullable String profile,
    Path state,
    SourceSettings source,
    boolean wholeImage,
    @Nullable MqttSettings broker,
    GpioMode gpio,
    @Nullable Integer heartbeatPin,
    @Nullable Integer alarmPin,
    DeviceProfile.@Nullable Place place,
    long outboxBytes,
    OutboxWriter.Spill spill,
    OutboxSender.Pace retry,
    Duration healthInterval) {}
