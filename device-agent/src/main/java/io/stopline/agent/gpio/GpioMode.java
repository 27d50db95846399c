package io.stopline.agent.gpio;

/** Which pins the agent drives. */
public enum GpioMode {
  /** None. */
  NONE,
  /** Pi4J's mock provider: everything but the pins. */
  MOCK,
  /** The board's pins by the kernel's GPIO character device. */
  GPIOD,
  /** GPIOD where there is a GPIO character device, MOCK elsewhere. */
  AUTO
}
