package io.stopline.agent.outbox;

/** The way to the monitor, as the outbox needs it. Thread-safe. */
public interface Uplink {

  /** Whether messages can be sent now. */
  boolean isConnected();

  /** Changes with each new connection: what was sent before may not have arrived. */
  long connection();

  /**
   * Sends one incident. Returns when it is on its way; only the monitor's acknowledgement says that
   * it arrived. May wait a little where too many are under way.
   *
   * @return whether it was sent
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  boolean send(byte[] incident) throws InterruptedException;
}
