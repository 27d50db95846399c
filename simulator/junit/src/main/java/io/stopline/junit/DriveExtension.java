package io.stopline.junit;

import io.stopline.campaign.proving.Campaign.Attacker;
import io.stopline.campaign.proving.Campaign.Braking;
import io.stopline.campaign.proving.Campaign.Method;
import io.stopline.campaign.proving.Campaign.PlannedAlteration;
import io.stopline.campaign.proving.DriveTrial;
import io.stopline.campaign.proving.Means;
import io.stopline.config.Bundle;
import io.stopline.config.files.WholeFile;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.ScenarioFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Makes the invocations of {@link Drive}. */
public final class DriveExtension implements TestTemplateInvocationContextProvider {

  /** Where scenarios that were driven are kept, from the folder that the build runs in. */
  static final Path KEPT = Path.of("target", "stopline-drives");

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return context.getRequiredTestMethod().isAnnotationPresent(Drive.class);
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    Drive drive = context.getRequiredTestMethod().getAnnotation(Drive.class);
    if (drive.seeds().length == 0) {
      throw new ExtensionConfigurationException(
          "@Drive of %s names no seeds; give at least one".formatted(context.getDisplayName()));
    }
    String name =
        "%s-%s"
            .formatted(
                context.getRequiredTestClass().getSimpleName(),
                context.getRequiredTestMethod().getName());
    return Arrays.stream(drive.seeds()).mapToObj(seed -> new Invocation(drive, name, seed));
  }

  /** One seed. */
  private static final class Invocation implements TestTemplateInvocationContext {
    private final Drive drive;
    private final String name;
    private final long seed;

    Invocation(Drive drive, String name, long seed) {
      this.drive = drive;
      this.name = name;
      this.seed = seed;
    }

    @Override
    public String getDisplayName(int invocationIndex) {
      return "seed " + seed;
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(new Trial(drive, KEPT.resolve("%s-%d.yaml".formatted(name, seed)), seed));
    }
  }

  /** Drives when the method asks for it, and says how to see it again when the method fails. */
  private static final class Trial implements ParameterResolver, TestExecutionExceptionHandler {
    private final Drive drive;
    private final Path kept;
    private final long seed;
    private @Nullable DrivenSign driven;

    Trial(Drive drive, Path kept, long seed) {
      this.drive = drive;
      this.kept = kept;
      this.seed = seed;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == DrivenSign.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      DrivenSign sign = drive();
      driven = sign;
      return sign;
    }

    private DrivenSign drive() {
      Scenario scenario = ScenarioFile.read(Path.of(drive.scenario())).seeded(seed);
      DriveTrial.Outcome outcome =
          DriveTrial.of(
              scenario,
              Bundle.load(Bundle.locate(drive.bundle())),
              drive.policy().isEmpty() ? null : drive.policy(),
              attack(),
              new Braking(drive.reactionSeconds(), drive.brakingMetresPerSecondSquared()),
              DriveExtension.KEPT,
              seed);
      try {
        Files.createDirectories(DriveExtension.KEPT);
        WholeFile.write(
            kept, ScenarioFile.textAt(kept, outcome.driven(), List.of("Driven by a test")));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return new DrivenSign(outcome.guarded(), outcome.bare(), kept, seed);
    }

    private DriveTrial.@Nullable Attack attack() {
      if (drive.attack().equals(Drive.NONE)) {
        return null;
      }
      if (!Means.has(Method.QUERIES, drive.attack())) {
        throw new ExtensionConfigurationException(
            "@Drive: nobody searches '%s' by queries; give one of %s"
                .formatted(drive.attack(), Means.kinds()));
      }
      return new DriveTrial.Attack(
          new PlannedAlteration(drive.attack(), drive.attack(), drive.areaShare(), 4),
          new Attacker(
              drive.knowsGuard() ? "aware" : "unaware",
              Method.QUERIES,
              drive.knowsGuard(),
              drive.queries()));
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure)
        throws Throwable {
      if (driven == null) {
        throw failure;
      }
      throw new DriveFailure(
          "%s%nguarded: %s%nbare: %s%ndrive it again: ./stopline drive %s --bundle %s%s --seed %d --judge"
              .formatted(
                  failure.getMessage(),
                  driven.guarded().toJson(),
                  driven.bare().toJson(),
                  kept.toAbsolutePath(),
                  Path.of(drive.bundle()).toFile().isDirectory()
                      ? Path.of(drive.bundle()).toAbsolutePath().normalize()
                      : drive.bundle(),
                  drive.policy().isEmpty() ? "" : " --policy " + drive.policy(),
                  seed),
          failure);
    }
  }
}
