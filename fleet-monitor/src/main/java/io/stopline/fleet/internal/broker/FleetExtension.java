package io.stopline.fleet.internal.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.async.Async;
import com.hivemq.extension.sdk.api.async.TimeoutFallback;
import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthInput;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthOutput;
import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission;
import com.hivemq.extension.sdk.api.client.parameter.ClientTlsInformation;
import com.hivemq.extension.sdk.api.client.parameter.Listener;
import com.hivemq.extension.sdk.api.packets.auth.DefaultAuthorizationBehaviour;
import com.hivemq.extension.sdk.api.packets.auth.ModifiableDefaultPermissions;
import com.hivemq.extension.sdk.api.packets.connect.ConnackReasonCode;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import com.hivemq.extension.sdk.api.services.builder.Builders;
import io.stopline.fleet.internal.rate.DeviceLoads;
import io.stopline.fleet.internal.rate.SparingLog;
import io.stopline.telemetry.Topics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may connect to the embedded broker, and what each may say and hear. A device is who its
 * certificate or its password says, never who it claims to be: its client id must be the same name,
 * so nobody can push another's connection out, and it reaches nothing but its own topics.
 */
final class FleetExtension implements ExtensionMain, SimpleAuthenticator {

  /** The monitor's own name, which no device can bear. */
  static final String MONITOR = "~monitor";

  private static final Logger LOG = LoggerFactory.getLogger(FleetExtension.class);
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final Credentials credentials;
  private final String monitorPassword;
  private final boolean devicesNeedTls;
  private final PublishLimit limit;
  private final SparingLog refusals = new SparingLog(LOG);

  /**
   * @param monitorPassword of the monitor's own client, new for every start
   * @param devicesNeedTls whether the plain listener is the monitor's alone
   * @param loads hears of devices that publish too much
   */
  FleetExtension(
      Credentials credentials, String monitorPassword, boolean devicesNeedTls, DeviceLoads loads) {
    this.credentials = credentials;
    this.monitorPassword = monitorPassword;
    this.devicesNeedTls = devicesNeedTls;
    this.limit = new PublishLimit(loads);
  }

  @Override
  public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
    Services.securityRegistry().setAuthenticatorProvider(connecting -> this);
    Services.initializerRegistry()
        .setClientInitializer((client, context) -> context.addPublishInboundInterceptor(limit));
  }

  @Override
  public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {}

  @Override
  public void onConnect(SimpleAuthInput input, SimpleAuthOutput output) {
    // Hashing a password takes milliseconds, which the broker's own threads do not have.
    Async<SimpleAuthOutput> async = output.async(LIMIT, TimeoutFallback.FAILURE);
    Services.extensionExecutorService()
        .execute(
            () -> {
              try {
                decide(input, output);
              } catch (IOException | RuntimeException e) {
                LOG.error("a client cannot be judged and is refused: {}", e.getMessage());
                output.failAuthentication(ConnackReasonCode.SERVER_UNAVAILABLE);
              } finally {
                async.resume();
              }
            });
  }

  private void decide(SimpleAuthInput input, SimpleAuthOutput output) throws IOException {
    String clientId = input.getConnectPacket().getClientId();
    Optional<X509Certificate> certificate =
        input
            .getConnectionInformation()
            .getClientTlsInformation()
            .flatMap(ClientTlsInformation::getClientCertificate);
    boolean plain =
        input
            .getConnectionInformation()
            .getListener()
            .map(Listener::getName)
            .filter(EmbeddedBroker.PLAIN_LISTENER::equals)
            .isPresent();
    String user = input.getConnectPacket().getUserName().orElse("");
    String password = input.getConnectPacket().getPassword().map(FleetExtension::text).orElse("");

    String identity = null;
    if (certificate.isPresent()) {
      identity = commonName(certificate.get());
    } else if (plain && user.equals(MONITOR)) {
      identity =
          MessageDigest.isEqual(password.getBytes(UTF_8), monitorPassword.getBytes(UTF_8))
              ? MONITOR
              : null;
    } else if (!(plain && devicesNeedTls)
        && Topics.isDeviceId(user)
        && credentials.matches(user, password)) {
      identity = user;
    }
    if (identity == null) {
      refusals.warn("refused a client: no valid certificate or credential");
      output.failAuthentication(
          ConnackReasonCode.NOT_AUTHORIZED, "no valid certificate or credential");
      return;
    }
    if (!identity.equals(clientId)) {
      refusals.warn("refused '" + identity + "': its client id is another's name");
      output.failAuthentication(
          ConnackReasonCode.CLIENT_IDENTIFIER_NOT_VALID, "client id must be '" + identity + "'");
      return;
    }
    grant(identity, output.getDefaultPermissions());
    output.authenticateSuccessfully();
  }

  private static void grant(String identity, ModifiableDefaultPermissions permissions) {
    permissions.setDefaultBehaviour(DefaultAuthorizationBehaviour.DENY);
    for (Topics.Kind kind : Topics.Kind.values()) {
      boolean toDevice = kind == Topics.Kind.ACKNOWLEDGEMENT;
      String topic =
          identity.equals(MONITOR) ? Topics.ofAllDevices(kind) : Topics.of(identity, kind);
      boolean publishes = identity.equals(MONITOR) == toDevice;
      permissions.add(
          Builders.topicPermission()
              .topicFilter(topic)
              .activity(
                  publishes
                      ? TopicPermission.MqttActivity.PUBLISH
                      : TopicPermission.MqttActivity.SUBSCRIBE)
              .build());
    }
  }

  /** The certificate's CN if it can be a device id. */
  static @Nullable String commonName(X509Certificate certificate) {
    try {
      for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
        if (part.getType().equalsIgnoreCase("CN")
            && part.getValue() instanceof String name
            && Topics.isDeviceId(name)) {
          return name;
        }
      }
    } catch (InvalidNameException e) {
      LOG.warn("a client certificate's subject cannot be read");
    }
    return null;
  }

  private static String text(ByteBuffer buffer) {
    return UTF_8.decode(buffer.duplicate()).toString();
  }
}
