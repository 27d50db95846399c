package io.stopline.agent.gpio;

import com.pi4j.Pi4J;
import com.pi4j.context.Context;
import com.pi4j.io.gpio.digital.DigitalOutput;
import com.pi4j.io.gpio.digital.DigitalOutputProvider;
import com.pi4j.io.gpio.digital.DigitalState;
import com.pi4j.plugin.gpiod.provider.gpio.digital.GpioDDigitalOutputProvider;
import com.pi4j.plugin.mock.provider.gpio.digital.MockDigitalOutputProvider;

/**
 * The two outputs of an agent. Belongs to one thread. Every method may throw any unchecked
 * exception of Pi4J or of the native library below it.
 */
final class Pins implements AutoCloseable {

  private final Context context;
  private final DigitalOutput heartbeat;
  private final DigitalOutput alarm;

  /** Takes ownership of the context. */
  Pins(Context context, DigitalOutput heartbeat, DigitalOutput alarm) {
    this.context = context;
    this.heartbeat = heartbeat;
    this.alarm = alarm;
  }

  /**
   * Opens both outputs, low.
   *
   * @param mode {@link GpioMode#MOCK} or {@link GpioMode#GPIOD}
   * @param heartbeatPin BCM number
   * @param alarmPin BCM number
   */
  static Pins open(GpioMode mode, int heartbeatPin, int alarmPin) {
    DigitalOutputProvider provider =
        switch (mode) {
          case MOCK -> MockDigitalOutputProvider.newInstance();
          case GPIOD -> GpioDDigitalOutputProvider.newInstance();
          case NONE, AUTO -> throw new IllegalArgumentException("no provider for " + mode);
        };
    // Only this provider: automatic detection would load whatever is on the class path.
    Context context =
        Pi4J.newContextBuilder().noAutoDetect().disableShutdownHook().add(provider).build();
    try {
      return new Pins(
          context,
          output(context, provider.id(), "stopline-heartbeat", heartbeatPin),
          output(context, provider.id(), "stopline-alarm", alarmPin));
    } catch (RuntimeException e) {
      context.shutdown();
      throw e;
    }
  }

  private static DigitalOutput output(Context context, String provider, String id, int pin) {
    return context.create(
        DigitalOutput.newConfigBuilder(context)
            .id(id)
            .name(id)
            .address(pin)
            .initial(DigitalState.LOW)
            .shutdown(DigitalState.LOW)
            .provider(provider)
            .build());
  }

  void heartbeat(boolean high) {
    heartbeat.state(high ? DigitalState.HIGH : DigitalState.LOW);
  }

  void alarm(boolean high) {
    alarm.state(high ? DigitalState.HIGH : DigitalState.LOW);
  }

  /** Both outputs go low. */
  @Override
  public void close() {
    try {
      heartbeat(false);
      alarm(false);
    } finally {
      context.shutdown();
    }
  }
}
