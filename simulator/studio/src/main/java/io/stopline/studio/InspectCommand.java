package io.stopline.studio;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.config.PolicyFile;
import io.stopline.config.ReadyGuard;
import io.stopline.config.images.ImageFiles;
import io.stopline.evaluation.Report;
import io.stopline.sdk.certificate.Certificate;
import io.stopline.sdk.guard.CascadeStep;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.sdk.random.RandomStream;
import io.stopline.studio.report.Verdicts;
import io.stopline.tflite.RuntimeOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code stopline inspect}. */
@Command(
    name = "inspect",
    footer = {
      "",
      "Examples:",
      "  stopline inspect photo.png",
      "  stopline inspect --bundle my-guard --json - photo.png"
    },
    description = {
      "Let the guard judge image files (PNG, JPEG or PPM).",
      "",
      "Without --region the whole image is taken for the sign, so give crops. There is no deadline:"
          + " every check gets all its passes. Where the policy has a verifier, an image that looks"
          + " like no sign is told as NO_SIGN: that is no finding.",
      "",
      "With --find the images are whole photographs: what the policy's finder finds in them is"
          + " judged, each find as if it had been seen once. A guard of detectors does so unasked."
          + " With --detector FILE there is no guard: what that detector finds is told.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every image was accepted or is no sign",
      "1:at least one image is suspect, or the guard abstained",
      "2:wrong usage or bad input",
      "3:Stopline or the machine failed"
    })
final class InspectCommand implements Callable<Integer> {

  @Mixin private CommonOptions common;

  @Mixin private BundleOptions bundleOptions;

  @Parameters(paramLabel = "IMAGE", arity = "1..*", description = "The images.")
  private List<Path> images;

  @Option(
      names = "--region",
      paramLabel = "X,Y,W,H",
      converter = RegionConverter.class,
      description = "Where the sign is in each image, px.")
  private @Nullable Region region;

  @Option(
      names = "--track",
      description = "The images are successive frames of one sign: suspicion adds up.")
  private boolean track;

  @Option(
      names = "--find",
      description = "Judge what the policy's finder finds in whole photographs.")
  private boolean find;

  @Option(
      names = "--pictures",
      paramLabel = "DIR",
      description = "With --find or --detector: write each photograph with its boxes into DIR.")
  private @Nullable Path pictures;

  @Option(
      names = "--picture",
      paramLabel = "FILE",
      description =
          "Where the policy has the check certified-windows: write the crops, large and side by side,"
              + " with the part on which each label hangs, as PNG.")
  private @Nullable Path picture;

  @Mixin private DetectorOptions detectorOptions;

  @Mixin private ModelOptions modelOptions;

  /** {@code x,y,w,h} in px. */
  static final class RegionConverter implements ITypeConverter<Region> {
    private static final Pattern FORM =
        Pattern.compile("(-?\\d{1,9}),(-?\\d{1,9}),(\\d{1,9}),(\\d{1,9})");

    @Override
    public Region convert(String text) {
      Matcher m = FORM.matcher(text.replace(" ", ""));
      if (!m.matches()) {
        throw new TypeConversionException("'" + text + "' is not X,Y,WIDTH,HEIGHT in px");
      }
      try {
        return new Region(
            Integer.parseInt(m.group(1)),
            Integer.parseInt(m.group(2)),
            Integer.parseInt(m.group(3)),
            Integer.parseInt(m.group(4)));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }

  @Override
  public Integer call() throws IOException {
    Path detector = detectorOptions.file();
    if (picture != null && (detector != null || find)) {
      throw new BadInputException("--picture is for crops; --pictures DIR is for what is found");
    }
    InspectFinds finds = new InspectFinds(common, images, pictures);
    if (detector != null) {
      if (region != null || track || find) {
        throw new BadInputException(
            "--detector looks at whole photographs by itself; leave out --region, --track and --find");
      }
      return finds.detector(
          detector, detectorOptions.settings(modelOptions.reading()), detectorOptions);
    }
    refuseDetectorOptions();
    Console console = common.console();
    // All images first: a bad one is told before anything is judged.
    List<Image> crops = new ArrayList<>();
    for (Path path : images) {
      crops.add(crop(path));
    }
    Bundle bundle = bundleOptions.bundle();
    PolicyFile policy = bundleOptions.policy(bundle);
    Report report = new Report("inspect", common.seed());
    BundleOptions.hashes(report, bundle, policy);
    boolean detectors = bundle.model(policy.policy().members().get(0)).isDetector();
    if (find || (detectors && region == null && !track)) {
      if (region != null || track) {
        throw new BadInputException(
            "--find looks for what is judged; leave out --region and --track");
      }
      report.fields().put("policy", policy.policy().name());
      report.fields().put("promisedFalseAlarmRate", policy.policy().falseAlarmRate());
      try (ReadyGuard ready =
          GuardFactory.create(
              bundle,
              policy.policy().name(),
              RuntimeOptions.defaults(),
              InspectionSeeds.reproducible(common.seed()))) {
        return finds.guard(report, ready);
      }
    }
    if (picture != null
        && policy.policy().checks().stream()
            .noneMatch(GuardPolicy.CheckSetting.CertifiedWindows.class::isInstance)) {
      throw new BadInputException(
          "--picture shows what the check certified-windows says, which policy '%s' does not have; add it to its checks, or leave --picture out"
              .formatted(policy.policy().name()));
    }
    if (pictures != null) {
      throw new BadInputException("--pictures is for --find and --detector; crops have no boxes");
    }
    ArrayNode verdicts = JsonNodeFactory.instance.arrayNode();
    boolean nothingFound = true;
    List<@Nullable Certificate> certificates = new ArrayList<>();
    try (ReadyGuard ready =
        GuardFactory.create(
            bundle,
            policy.policy().name(),
            RuntimeOptions.defaults(),
            InspectionSeeds.reproducible(common.seed()))) {
      TrackState state = new TrackState();
      for (int i = 0; i < images.size(); i++) {
        Verdict verdict =
            ready
                .guard()
                .replay(
                    crops.get(i),
                    RandomStream.derive(common.seed(), i),
                    ready.guard().passesPerInspection(),
                    track ? state : new TrackState());
        nothingFound &=
            verdict.decision() == Decision.ACCEPT || verdict.decision() == Decision.NO_SIGN;
        say(console, images.get(i), verdict);
        certificates.add(verdict.certificate());
        ObjectNode node = verdicts.addObject().put("image", images.get(i).toString());
        if (region != null) {
          node.putArray("region")
              .add(region.x())
              .add(region.y())
              .add(region.width())
              .add(region.height());
        }
        node.setAll(Verdicts.toJson(verdict));
      }
    }
    report.fields().put("policy", policy.policy().name());
    report.fields().put("promisedFalseAlarmRate", policy.policy().falseAlarmRate());
    report.put("verdicts", verdicts);
    if (picture != null) {
      PngFile.write(CertificatePicture.of(crops, certificates), picture);
      console.say("the windows on which the labels hang: '%s'", picture);
    }
    console.report(report.toJson());
    return nothingFound ? ExitCode.OK : ExitCode.FOUND;
  }

  private void refuseDetectorOptions() {
    List<String> given = new ArrayList<>(detectorOptions.given());
    given.addAll(modelOptions.given());
    if (!given.isEmpty()) {
      throw new BadInputException(
          "%s is for a detector's file, and none is named (--detector FILE); a bundle says that itself"
              .formatted(given.get(0)));
    }
  }

  private Image crop(Path path) {
    Image image = ImageFiles.read(path);
    if (region == null) {
      return image;
    }
    if (!region.isInside(image.width(), image.height())) {
      throw new BadInputException(
          "--region %d,%d,%d,%d is not inside image '%s' of %d×%d px; give one that is"
              .formatted(
                  region.x(),
                  region.y(),
                  region.width(),
                  region.height(),
                  path,
                  image.width(),
                  image.height()));
    }
    return image.view(region);
  }

  private static void say(Console console, Path image, Verdict verdict) {
    if (verdict.decision() == Decision.NO_SIGN) {
      console.say("%-8s %s: no sign (sign score %.2f)", "NO SIGN", image, verdict.signScore());
      verdict.reasons().forEach(reason -> console.say("         - %s", reason));
      return;
    }
    console.say(
        "%-8s %s: %s (probability %.2f), p-value %.4f, score %.3f",
        verdict.decision(),
        image,
        verdict.labelName(),
        verdict.probability(),
        verdict.pValue(),
        verdict.score());
    verdict.reasons().forEach(reason -> console.say("         - %s", reason));
    CascadeStep step = verdict.cascade();
    if (step != null) {
      console.say(
          "         cascade: stage %d, %d model runs%s",
          step.stage(),
          verdict.passes(),
          step.cause() == CascadeStep.Cause.NONE
              ? step.watched() ? ", a check watched" : ""
              : "; all checks were due: " + step.cause().words());
    }
    Certificate certificate = verdict.certificate();
    if (certificate != null) {
      console.say("         certificate: %s", certificate.claim());
    }
  }
}
