package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.stopline.attacks.AttackProvider;
import io.stopline.attacks.Norm;
import io.stopline.attacks.ThreatModel;
import io.stopline.attacks.plugin.Attacks;
import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.transform.DifferentiableView;
import io.stopline.campaign.ThreatModelJson;
import io.stopline.config.Bundle;
import io.stopline.evaluation.detection.DetectorFamily;
import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.AlterationPainter;
import io.stopline.scene.alteration.BenignTwin;
import io.stopline.scene.alteration.Infrared;
import io.stopline.scene.alteration.Laser;
import io.stopline.scene.alteration.LensDots;
import io.stopline.scene.alteration.Phantom;
import io.stopline.scene.alteration.ProjectedLight;
import io.stopline.scene.alteration.Reflector;
import io.stopline.scene.alteration.Ring;
import io.stopline.scene.alteration.Stripes;
import io.stopline.scene.scenario.Approach;
import io.stopline.scene.scenario.Background;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.ScenarioFile;
import io.stopline.sdk.certificate.Groups;
import io.stopline.sdk.check.CertifiedWindows;
import io.stopline.sdk.check.EnsembleAgreement;
import io.stopline.sdk.check.FeatureSqueezing;
import io.stopline.sdk.check.FinderAgreement;
import io.stopline.sdk.check.SignPlausibility;
import io.stopline.sdk.check.TrackPlausibility;
import io.stopline.sdk.check.TransformConsistency;
import io.stopline.sdk.guard.GuardPolicy.CheckSetting;
import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.DetectorFormat;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.sdk.transform.AffineJitter;
import io.stopline.sdk.transform.BitDepthReduction;
import io.stopline.sdk.transform.Brightness;
import io.stopline.sdk.transform.ChannelJitter;
import io.stopline.sdk.transform.Contrast;
import io.stopline.sdk.transform.CropResizePad;
import io.stopline.sdk.transform.DctQuantisation;
import io.stopline.sdk.transform.Fill;
import io.stopline.sdk.transform.Gamma;
import io.stopline.sdk.transform.GaussianNoise;
import io.stopline.sdk.transform.InputTransform;
import io.stopline.sdk.transform.MedianSmoothing;
import io.stopline.sdk.transform.PerspectiveJitter;
import io.stopline.sdk.transform.RandomErasing;
import io.stopline.sdk.transform.Rotation;
import io.stopline.sdk.transform.TransformChain;
import io.stopline.sdk.transform.TransformRenderer;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whoever adds a kind of transform, check, alteration, budget or detector sees here which places
 * have to learn it: one that passes a newcomer by in silence flatters the guard.
 */
final class NoListForgetsTest {

  private static final int SIDE = 32;

  /** One of each kind of transform. */
  private static final List<InputTransform> TRANSFORMS =
      List.of(
          new CropResizePad(0.9, 1.1, Fill.GREY),
          new Rotation(10),
          new AffineJitter(0.05, 0.05, 0.05),
          new PerspectiveJitter(0.05),
          new Gamma(0.8, 1.25),
          new Contrast(0.8, 1.2),
          new Brightness(0.1),
          new ChannelJitter(0.1, 0.05),
          new BitDepthReduction(4, 5),
          new DctQuantisation(60, 80),
          new MedianSmoothing(2, 3),
          new GaussianNoise(1, 3),
          new RandomErasing(0.05, 0.1, 2, Fill.BLACK));

  /** One of each kind of check that policies know, as what its name is. */
  private static final Map<Class<?>, String> CHECKS =
      Map.of(
          CheckSetting.Consistency.class, TransformConsistency.NAME,
          CheckSetting.Agreement.class, EnsembleAgreement.NAME,
          CheckSetting.Squeezing.class, FeatureSqueezing.NAME,
          CheckSetting.Plausibility.class, SignPlausibility.NAME,
          CheckSetting.FinderAgreement.class, FinderAgreement.NAME,
          CheckSetting.TrackPlausibility.class, TrackPlausibility.NAME,
          CheckSetting.CertifiedWindows.class, CertifiedWindows.NAME);

  private static final List<DetectorFormat> DETECTORS =
      List.of(
          new DetectorFormat.HeatMap(),
          new DetectorFormat.VoteMap(3),
          new DetectorFormat.SsdPostProcess(FrameFit.STRETCH, 0),
          new DetectorFormat.LabelledBoxes(
              FrameFit.LETTERBOX, DetectorFormat.Yolo.BoxUnit.PIXELS, true, 0.5, List.of()),
          new DetectorFormat.AnchoredBoxes(FrameFit.STRETCH, true, 0.5),
          new DetectorFormat.Yolo(
              DetectorFormat.Yolo.Layout.V8,
              FrameFit.LETTERBOX,
              DetectorFormat.Yolo.BoxUnit.PIXELS,
              DetectorFormat.Yolo.Scores.PROBABILITIES,
              true,
              0.5));

  private static final List<ThreatModel.Budget> BUDGETS =
      List.of(
          new ThreatModel.Area(0.1, 100, 2),
          new ThreatModel.Perturbation(Norm.L2, 1, true, 100, 1));

  @TempDir Path folder;

  private static Set<Class<?>> kinds(Class<?> sealed) {
    return new HashSet<>(Arrays.asList(sealed.getPermittedSubclasses()));
  }

  private static Set<Class<?>> kindsOf(List<?> samples) {
    return samples.stream().map(Object::getClass).collect(Collectors.toSet());
  }

  private static JsonNode schema(String name) throws IOException {
    try (InputStream in = Bundle.class.getResourceAsStream("schema/" + name + ".schema.json")) {
      return new ObjectMapper().readTree(Objects.requireNonNull(in));
    }
  }

  private static Set<String> keys(JsonNode node) {
    Set<String> keys = new HashSet<>();
    node.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  @Test
  void everyTransformHasANameInPoliciesAndAWayThereAndBack() throws IOException {
    Set<String> classes =
        new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.stopline.sdk.transform")
                .stream()
                .filter(type -> type.isAssignableTo(InputTransform.class))
                .filter(type -> !type.getModifiers().contains(JavaModifier.ABSTRACT))
                .map(type -> type.getName())
                .collect(Collectors.toSet());
    assertThat(TRANSFORMS).extracting(t -> t.getClass().getName()).hasSameElementsAs(classes);
    JsonNode known = schema("policy").path("$defs").path("transform").path("properties");
    assertThat(TRANSFORMS).extracting(InputTransform::name).hasSameElementsAs(keys(known));

    ImageShape shape = new ImageShape(SIDE, SIDE, 3);
    Random random = new Random(3);
    byte[] rgb = new byte[shape.size()];
    float[] pixels = new float[shape.size()];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (60 + random.nextInt(130));
      pixels[i] = (rgb[i] & 0xff) / 255f;
    }
    TensorSpec input =
        new TensorSpec("images", List.of(1, SIDE, SIDE, 3), ElementType.FLOAT32, 0, 0);
    for (InputTransform transform : TRANSFORMS) {
      TransformChain chain = new TransformChain("view", List.of(transform));
      ByteBuffer tensor = ByteBuffer.allocateDirect(input.bytes()).order(ByteOrder.nativeOrder());
      new TransformRenderer(chain, input, InputEncoding.UNIT)
          .render(Image.of(SIDE, SIDE, rgb), 9, tensor);
      DifferentiableView view = new DifferentiableView(chain, shape, shape);
      DifferentiableView.Trace trace = view.trace();
      float[] seen = new float[shape.size()];
      view.forward(pixels, 0, 9, seen, 0, trace);
      double off = 0;
      for (int i = 0; i < seen.length; i++) {
        off = Math.max(off, Math.abs(seen[i] - tensor.getFloat(4 * i)));
      }
      assertThat(off).as(transform.name()).isLessThan(0.02);
      float[] up = new float[shape.size()];
      Arrays.fill(up, 1);
      float[] back = new float[shape.size()];
      view.backward(trace, up, 0, back, 0);
      double sum = 0;
      for (float b : back) {
        sum += Math.abs(b);
      }
      assertThat(sum / back.length).as("gradient through " + transform.name()).isGreaterThan(0.3);
    }
  }

  @Test
  void everyKindOfCheckIsOneThatPoliciesKnow() throws IOException {
    Set<Class<?>> known = kinds(CheckSetting.class);
    // Somebody's own check is in no policy file; attacks refuse it by name.
    known.remove(CheckSetting.Custom.class);
    assertThat(CHECKS.keySet()).isEqualTo(known);
    JsonNode checks = schema("policy").path("$defs").path("check").path("properties");
    assertThat(keys(checks)).hasSameElementsAs(CHECKS.values());
    assertThat(new CheckSetting.Agreement(1).create().name()).isEqualTo(EnsembleAgreement.NAME);
    assertThat(
            new CheckSetting.CertifiedWindows(0, 5, null, Groups.single(List.of("a", "b")), 0, 1)
                .create()
                .name())
        .isEqualTo(CertifiedWindows.NAME);
  }

  private List<Alteration> alterations() throws IOException {
    Path print = folder.resolve("print.png");
    BufferedImage picture = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
    picture.setRGB(3, 3, 0xff0000);
    ImageIO.write(picture, "png", print.toFile());
    return List.of(
        new Alteration.Stickers(List.of(new Alteration.Sticker(0.5, 0.4, 0.3, 0.1, 20, false))),
        new Alteration.Graffiti(
            List.of(
                new Alteration.Stroke(
                    List.of(new Alteration.Point(0.3, 0.3), new Alteration.Point(0.7, 0.7)),
                    0.1,
                    0x204080,
                    0.9))),
        new Alteration.Shadow(
            List.of(
                List.of(
                    new Alteration.Point(0.2, 0.2),
                    new Alteration.Point(0.8, 0.3),
                    new Alteration.Point(0.4, 0.8))),
            0.5,
            0.02),
        new Alteration.Poster(0.5, 0.5, 0.4, 0.4, 0, print),
        new Alteration.Advert(0.5, 0.5, 0.3, 0.2, 5, 7),
        new ProjectedLight(
            List.of(new ProjectedLight.Beam(0.5, 0.5, 0.4, 0.2, 10, 0x40ff40)), 0.8, 0.02),
        new Laser(0.5, 0.5, 30, 0.05, 532, 3),
        new Ring(0.08, List.of(new Ring.Segment(0.1, 0.4, 0x204080))),
        new Stripes(List.of(new Stripes.Lamp(1500, 0.5, 0.2, 0xff2020, 1)), Stripes.Timing.FRAME),
        new Infrared(List.of(new Infrared.Spot(0.5, 0.5, 0.4, 0.3, 0)), 850, 1, 0.1),
        new Reflector(List.of(new Reflector.Patch(0.5, 0.3, 0.4, 0.1, 0)), 0xffffff, 2, 0.02),
        new LensDots(List.of(new LensDots.Dot(0.5, 0.5, 0.1, 0xc03030, 0.5, 2))),
        new Phantom(Phantom.Art.SIGN, 1, 1, 0.01, Phantom.Surface.WALL));
  }

  @Test
  void everyAlterationIsPaintedMeasuredWrittenAndHasABenignTwin() throws IOException {
    List<Alteration> samples = alterations();
    assertThat(kindsOf(samples)).isEqualTo(kinds(Alteration.class));
    Rectangle2D outline = new Rectangle2D.Double(0, 0, 1, 1);
    BufferedImage face = new BufferedImage(64, 64, BufferedImage.TYPE_INT_ARGB);
    int[] grey = new int[64 * 64];
    Arrays.fill(grey, 0xff808080);
    face.setRGB(0, 0, 64, 64, grey, 0, 64);
    Scenario drive = Approach.to(14, 3);
    for (Alteration alteration : samples) {
      String kind = alteration.getClass().getSimpleName();
      BufferedImage painted = AlterationPainter.paint(face, outline, alteration);
      assertThat(painted.getRGB(0, 0, 64, 64, null, 0, 64)).as(kind).isNotEqualTo(grey);
      assertThat(AlterationPainter.coveredShare(outline, alteration)).as(kind).isPositive();
      assertThat(BenignTwin.of(alteration, outline, 1)).as(kind).isNotEqualTo(alteration);
      Scenario altered =
          new Scenario(
              drive.name(),
              drive.seed(),
              drive.camera(),
              drive.vehicle(),
              drive.light(),
              drive.background(),
              List.of(drive.signs().get(0).with(alteration)));
      assertThat(read(altered).signs().get(0).alteration()).as(kind).isEqualTo(alteration);
    }
  }

  private Scenario read(Scenario scenario) throws IOException {
    Path file = folder.resolve("drive.yaml");
    Files.writeString(file, ScenarioFile.text(scenario, folder, List.of()));
    return ScenarioFile.read(file);
  }

  @Test
  void everyBackgroundIsWritten() throws IOException {
    Path photograph = folder.resolve("road.png");
    ImageIO.write(
        new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB), "png", photograph.toFile());
    List<Background> samples =
        List.of(new Background.Procedural(), new Background.Photographs(photograph));
    assertThat(kindsOf(samples)).isEqualTo(kinds(Background.class));
    for (Background background : samples) {
      assertThat(read(Approach.to(14, 3).before(background)).background()).isEqualTo(background);
    }
  }

  @Test
  void everyDetectorFormatIsOfAFamilyThatManifestsKnow() throws IOException {
    assertThat(kindsOf(DETECTORS)).isEqualTo(kinds(DetectorFormat.class));
    List<String> words = new ArrayList<>();
    schema("model")
        .path("properties")
        .path("output")
        .path("enum")
        .forEach(w -> words.add(w.asText()));
    for (DetectorFormat format : DETECTORS) {
      assertThat(DetectorFamily.of(format).word()).isEqualTo(format.word()).isIn(words);
    }
    for (DetectorFamily family : DetectorFamily.values()) {
      assertThat(words).contains(family.word());
    }
  }

  @Test
  void everyBudgetAndEveryAttacksThreatModelHasAReport() {
    assertThat(kindsOf(BUDGETS)).isEqualTo(kinds(ThreatModel.Budget.class));
    for (ThreatModel.Budget budget : BUDGETS) {
      ThreatModel threat =
          new ThreatModel(
              ThreatModel.Goal.UNTARGETED,
              ThreatModel.Knowledge.WHITE_BOX,
              ThreatModel.GuardKnowledge.NONE,
              ThreatModel.Capability.DIGITAL,
              budget);
      assertThat(ThreatModelJson.of(threat).path("budget").path("queries").asLong())
          .isEqualTo(budget.queries());
    }
    for (AttackProvider provider : Attacks.installed().all()) {
      Map<String, String> needed =
          provider.name().equals("external") ? Map.of("command", "true") : Map.of();
      assertThatCode(() -> ThreatModelJson.of(provider.create(needed).threatModel()))
          .as(provider.name())
          .doesNotThrowAnyException();
    }
  }
}
