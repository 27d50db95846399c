package io.stopline.telemetry;

/** What goes over the wire. {@link MessageCodec} turns it into JSON and back. */
public sealed interface TelemetryMessage
    permits IncidentMessage, BirthMessage, DeathMessage, HealthMessage, Acknowledgement {

  /** The schema version that this library writes and the only one that it reads. */
  int SCHEMA_VERSION = 1;

  /** Which schema the message follows: {@value #SCHEMA_VERSION}. */
  int schemaVersion();

  /** The device that sent it, or to which it goes; see {@link Topics#DEVICE_ID_PATTERN}. */
  String device();
}
