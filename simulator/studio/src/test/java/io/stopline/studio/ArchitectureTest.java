package io.stopline.studio;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;

/** The house keeps its rooms apart: who may use whom, and who may touch the world outside. */
@AnalyzeClasses(
    packages = "io.stopline",
    importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.WhatShips.class})
final class ArchitectureTest {

  /** Leaves out what the tests of all modules share. */
  static final class WhatShips implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("io/stopline/testing/");
    }
  }

  private static final DescribedPredicate<JavaClass> startNoProcess =
      DescribedPredicate.describe(
          "have no main method",
          type ->
              type.getMethods().stream()
                  .noneMatch(
                      m ->
                          m.getName().equals("main")
                              && m.getModifiers().contains(JavaModifier.STATIC)));

  @ArchTest
  static final ArchRule importsPointDownwards =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("io.stopline..")
          .layer("core")
          .definedBy("io.stopline.sdk..")
          .layer("tflite")
          .definedBy("io.stopline.tflite..")
          .layer("telemetry")
          .definedBy("io.stopline.telemetry..")
          .layer("yaml")
          .definedBy("io.stopline.yaml..")
          .layer("config")
          .definedBy("io.stopline.config..")
          .layer("agent")
          .definedBy("io.stopline.agent..")
          .layer("fleet")
          .definedBy("io.stopline.fleet..")
          .layer("evaluation")
          .definedBy("io.stopline.evaluation..")
          .layer("scene")
          .definedBy("io.stopline.scene..")
          .layer("autodiff")
          .definedBy("io.stopline.autodiff..")
          .layer("attacks")
          .definedBy("io.stopline.attacks..")
          .layer("training")
          .definedBy("io.stopline.training..")
          .layer("campaign")
          .definedBy("io.stopline.campaign..")
          .layer("evidence")
          .definedBy("io.stopline.evidence..")
          .layer("studio")
          .definedBy("io.stopline.studio..")
          .whereLayer("studio")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("agent")
          .mayOnlyBeAccessedByLayers("studio")
          .whereLayer("fleet")
          .mayOnlyBeAccessedByLayers("studio")
          .whereLayer("campaign")
          .mayOnlyBeAccessedByLayers("studio")
          .whereLayer("evidence")
          .mayOnlyBeAccessedByLayers("studio")
          .whereLayer("scene")
          .mayOnlyBeAccessedByLayers("campaign", "studio")
          .whereLayer("training")
          .mayOnlyBeAccessedByLayers("campaign", "studio")
          .whereLayer("attacks")
          .mayOnlyBeAccessedByLayers("training", "campaign", "studio")
          .whereLayer("autodiff")
          .mayOnlyBeAccessedByLayers("attacks", "training", "campaign", "studio")
          .whereLayer("evaluation")
          .mayOnlyBeAccessedByLayers("training", "campaign", "evidence", "studio")
          .whereLayer("config")
          .mayOnlyBeAccessedByLayers(
              "agent", "evaluation", "training", "campaign", "evidence", "studio")
          .whereLayer("telemetry")
          .mayOnlyBeAccessedByLayers("agent", "fleet", "evidence", "studio")
          .whereLayer("yaml")
          .mayOnlyBeAccessedByLayers("config", "scene", "evaluation", "training", "campaign")
          .whereLayer("tflite")
          .mayOnlyBeAccessedByLayers(
              "config", "agent", "evaluation", "training", "campaign", "studio")
          .whereLayer("core")
          .mayOnlyBeAccessedByLayers(
              "tflite",
              "config",
              "agent",
              "evaluation",
              "scene",
              "autodiff",
              "attacks",
              "training",
              "campaign",
              "evidence",
              "studio")
          .because("imports point downwards only; telemetry and fleet do not know the core");

  @ArchTest
  static final ArchRule noPackageCycles =
      slices().matching("io.stopline.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule theCoreDoesNoInputOrOutput =
      noClasses()
          .that()
          .resideInAPackage("io.stopline.sdk..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.io..",
              "java.net..",
              "java.nio.file..",
              "java.nio.channels..",
              "java.awt..",
              "javax.imageio..",
              "java.sql..")
          .because("it also runs on Android, and never touches a file or a socket");

  @ArchTest
  static final ArchRule theCoreUsesTheJdkAlone =
      classes()
          .that()
          .resideInAPackage("io.stopline.sdk..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("io.stopline.sdk..", "java..", "javax.crypto..", "org.jspecify..");

  @ArchTest
  static final ArchRule nativeCodeStaysInTflite =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.stopline.tflite..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.bytedeco..");

  /** The engine of autodiff asks the C library to keep freed blocks. */
  @ArchTest
  static final ArchRule nativeCallsStayInTfliteAndAutodiff =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.stopline.tflite..", "io.stopline.autodiff..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.sun.jna..");

  @ArchTest
  static final ArchRule fewPlacesReadAndWriteModelFiles =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "io.stopline.tflite..",
              "io.stopline.autodiff..",
              "io.stopline.training.architecture..",
              "io.stopline.training.quantization..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.tensorflow..");

  @ArchTest
  static final ArchRule gradientsHaveOneEngine =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.stopline.autodiff..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..")
          .because(
              "the engine stands behind DifferentiableModel, so that another can take its place");

  @ArchTest
  static final ArchRule onePlaceSpeaksMqtt =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.stopline.telemetry..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.eclipse.paho..");

  @ArchTest
  static final ArchRule onlyTheAgentTouchesPins =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.stopline.agent..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.pi4j..");

  @ArchTest
  static final ArchRule internalPackagesStayInTheirModule =
      slices()
          .matching("io.stopline.(*)..")
          .namingSlices("module $1")
          .should()
          .notDependOnEachOther()
          .ignoreDependency(
              DescribedPredicate.alwaysTrue(),
              DescribedPredicate.not(JavaClass.Predicates.resideInAPackage("..internal..")));

  @ArchTest
  static final ArchRule librariesDoNotWriteToStandardOutput =
      noClasses()
          .that(startNoProcess)
          .and()
          .haveSimpleNameNotEndingWith("Command")
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err")
          .because("libraries log; only an application talks to its terminal");

  @ArchTest
  static final ArchRule onlyMainsEndTheProcess =
      noClasses()
          .that(startNoProcess)
          .should()
          .callMethodWhere(
              DescribedPredicate.describe(
                  "System.exit or Runtime.halt",
                  (JavaAccess<?> access) ->
                      (access.getTargetOwner().isEquivalentTo(System.class)
                              && access.getName().equals("exit"))
                          || (access.getTargetOwner().isEquivalentTo(Runtime.class)
                              && access.getName().equals("halt"))));

  @ArchTest
  static final ArchRule noStaticMutableState =
      fields().that().areStatic().should().beFinal().because("state is handed over, never found");

  @ArchTest
  static final ArchRule everyPackageSaysWhatMayBeNull =
      classes()
          .that()
          .haveSimpleName("package-info")
          .should()
          .beAnnotatedWith("org.jspecify.annotations.NullMarked");

  @ArchTest
  static final ArchRule filesAreWrittenWholeOrNotAtAll =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.stopline.config..",
              "io.stopline.evaluation..",
              "io.stopline.scene..",
              "io.stopline.autodiff..",
              "io.stopline.attacks..",
              "io.stopline.training..",
              "io.stopline.campaign..",
              "io.stopline.evidence..",
              "io.stopline.studio..")
          .and()
          .doNotHaveFullyQualifiedName("io.stopline.config.files.WholeFile")
          .and()
          .doNotHaveFullyQualifiedName("io.stopline.config.BundleWriter")
          .and()
          .doNotHaveFullyQualifiedName("io.stopline.evaluation.TestRunLog") // appends
          .should()
          .callMethodWhere(
              DescribedPredicate.describe(
                  "Files.write, Files.writeString, Files.newOutputStream or Files.newBufferedWriter",
                  (JavaAccess<?> access) ->
                      access.getTargetOwner().isEquivalentTo(Files.class)
                          && access.getName().matches("write.*|newOutputStream|newBufferedWriter")))
          .because("WholeFile leaves no half a file behind on a full disk, and names it");

  @ArchTest
  static final ArchRule randomnessHasOneSource =
      noClasses()
          .that()
          .resideInAPackage("io.stopline.sdk..")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.util.Random")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
          .because("a draw that was not seeded by the inspection cannot be repeated");

  @ArchTest
  static final ArchRule noFinalizers =
      methods().should().notHaveName("finalize").because("native memory is freed by close alone");
}
