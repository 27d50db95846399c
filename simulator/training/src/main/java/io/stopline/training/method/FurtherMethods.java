package io.stopline.training.method;

import io.stopline.attacks.Norm;
import io.stopline.attacks.Options;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.ImageShape;
import io.stopline.training.TrainingMethod;
import java.util.List;
import java.util.function.Function;

/**
 * Training against what is stuck or cast on a sign, noise, masks, distillation and diversity:
 * names, settings and what the papers take where none is given.
 */
final class FurtherMethods {
  private FurtherMethods() {}

  private static final Methods.Setting SMOOTHING =
      new Methods.Setting(
          "smoothing", "0", "share of the label that is spread over all classes, 0..1");

  /** The program of Zi et al. starts its attack so far from the image, in standard deviations. */
  private static final double START = 0.001;

  private static final Methods.Setting CLEAN =
      new Methods.Setting("clean", "0", "share of the images that stay as they come, 0..1");

  private static final Methods.Setting CANDIDATES =
      new Methods.Setting("candidates", "16", "drawn for each image");

  private static final Methods.Setting TRIES =
      new Methods.Setting(
          "tries",
          "2",
          "those with the most linearised loss, of which the model says which is worst");

  private static final Methods.Setting GROUPS =
      new Methods.Setting(
          "groups",
          "none",
          "of look-alikes, such as 0-5,7;33-40: what is altered goes for a class of the label's group");

  static final List<Methods.Entry> ENTRIES =
      List.of(
          patch(),
          stickers(),
          shadow(),
          noise(),
          masks(),
          distillation(),
          robustDistillation(),
          diversity());

  private static double smoothing(Options options) {
    return options.number("smoothing", 0, 0, 1);
  }

  private static double clean(Options options) {
    return options.number("clean", 0, 0, 1);
  }

  private static Methods.Entry patch() {
    return new Methods.Entry(
        new Methods.Description(
            "patch",
            "adversarial training against square patches (Wu et al. 2020)",
            "",
            List.of(
                new Methods.Setting("side", "7", "of the patch, px"),
                new Methods.Setting(
                    "pieces", "1", "into which it may fall, as large together; 1 to so many"),
                new Methods.Setting(
                    "places",
                    "10",
                    "drawn for each image; the one with the largest gradient counts"),
                new Methods.Setting("steps", "5", "forward-backward passes for its content"),
                new Methods.Setting("step-size", "0.2", "length of one, over pixels in 0..1"),
                CLEAN,
                SMOOTHING)),
        (options, teachers) ->
            new PatchTraining(
                options.integer("side", 7, 1, 100_000),
                options.integer("pieces", 1, 1, 100),
                options.integer("places", 10, 1, 10_000),
                options.integer("steps", 5, 0, 10_000),
                options.number("step-size", 0.2, 0, 1),
                clean(options),
                smoothing(options)));
  }

  private static Methods.Entry stickers() {
    return new Methods.Entry(
        new Methods.Description(
            "stickers",
            "adversarial training against rectangles of one colour (after Eykholt et al. 2018)",
            "",
            List.of(
                new Methods.Setting("stickers", "4", "on one image, at most"),
                new Methods.Setting("area", "0.15", "share of the image that they cover at most"),
                CANDIDATES,
                TRIES,
                GROUPS,
                CLEAN,
                SMOOTHING)),
        (options, teachers) -> {
          int most = options.integer("stickers", 4, 1, 100);
          double area = options.number("area", 0.15, 0.001, 1);
          return alterations("stickers", shape -> new Stickers(shape, most, area), options);
        });
  }

  private static Methods.Entry shadow() {
    return new Methods.Entry(
        new Methods.Description(
            "shadow",
            "adversarial training against shadows of triangles (after Zhong et al. 2022)",
            "",
            List.of(
                new Methods.Setting(
                    "weakest", "0.3", "share of the light that a shadow takes at least"),
                new Methods.Setting("strongest", "0.8", "share that it takes at most"),
                CANDIDATES,
                TRIES,
                GROUPS,
                CLEAN,
                SMOOTHING)),
        (options, teachers) -> {
          double weakest = options.number("weakest", 0.3, 0, 1);
          double strongest = options.number("strongest", Math.max(0.8, weakest), weakest, 1);
          return alterations("shadow", shape -> new Shadow(shape, weakest, strongest), options);
        });
  }

  private static TrainingMethod alterations(
      String name, Function<ImageShape, Alteration> made, Options options) {
    int tries = options.integer("tries", 2, 1, 1000);
    String groups = options.text("groups", "none");
    return new AlterationTraining(
        name,
        made,
        options.integer("candidates", Math.max(16, tries), tries, 100_000),
        tries,
        groups.equals("none") ? "" : groups,
        clean(options),
        smoothing(options));
  }

  private static Methods.Entry noise() {
    return new Methods.Entry(
        new Methods.Description(
            "noise",
            "training under Gaussian noise, for randomised smoothing (Cohen et al. 2019)",
            "",
            List.of(
                new Methods.Setting(
                    "sigma", "0.25", "standard deviation of the noise, over pixels in 0..1"),
                CLEAN,
                SMOOTHING)),
        (options, teachers) ->
            new GaussianNoise(
                options.number("sigma", 0.25, 0, 10), clean(options), smoothing(options)));
  }

  private static Methods.Entry masks() {
    return new Methods.Entry(
        new Methods.Description(
            "masks",
            "training on masked images, for certified patch masking (Xiang et al. 2022)",
            "",
            List.of(
                new Methods.Setting("patch", "5", "side of the patch that is to be hidden, px"),
                new Methods.Setting("per-axis", "6", "masks along each axis of the certificate"),
                new Methods.Setting("masks", "2", "masks on each image"),
                new Methods.Setting("tries", "1", "draws of which the one with most loss is taken"),
                new Methods.Setting("fill", "0.5", "what a mask shows, 0..1"),
                CLEAN,
                SMOOTHING)),
        (options, teachers) ->
            new MaskedTraining(
                options.integer("patch", 5, 1, 100_000),
                options.integer("per-axis", 6, 1, 1000),
                options.integer("masks", 2, 1, 100),
                options.integer("tries", 1, 1, 100),
                options.number("fill", 0.5, 0, 1),
                clean(options),
                smoothing(options)));
  }

  private static Methods.Entry diversity() {
    return new Methods.Entry(
        new Methods.Description(
            "diversity",
            "a member that falls to other attacks than the rest (DVERGE, Yang et al. 2020; Tramèr et al. 2018)",
            "the ensemble's other members, which stay as they are",
            List.of(
                new Methods.Setting(
                    "images",
                    "features",
                    "features: another image's, as the other member sees it (DVERGE); attacks: on the other member"),
                new Methods.Setting("eps", "0.07", "L∞ budget, over pixels in 0..1"),
                new Methods.Setting("steps", "10", "forward-backward passes over another member"),
                new Methods.Setting("step-size", "eps/10; attacks: 2.5·eps/steps", "length of one"),
                new Methods.Setting(
                    "base", "none", "what is learnt beside it: none, or a method without teachers"),
                new Methods.Setting("weight", "0.5", "of these images where there is a base, 0..1"),
                new Methods.Setting("…", "", "all settings of the base, but eps, steps, step-size"),
                SMOOTHING)),
        FurtherMethods::diversity);
  }

  private static TrainingMethod diversity(Options options, List<DifferentiableModel> teachers) {
    boolean attacks = options.choice("images", "features", "features", "attacks").equals("attacks");
    double radius = options.epsilon(Norm.LINF, 0.07);
    int steps = options.integer("steps", 10, 1, 10_000);
    double stepSize =
        options.number("step-size", attacks ? 2.5 * radius / steps : radius / 10, 0, 1);
    DiversityTraining.Settings settings =
        new DiversityTraining.Settings(
            attacks ? DiversityTraining.Images.ATTACKS : DiversityTraining.Images.FEATURES,
            new Ascent.Settings(
                Norm.LINF,
                radius,
                stepSize,
                steps,
                attacks ? Ascent.Start.UNIFORM : Ascent.Start.CLEAN,
                radius,
                true),
            options.number("weight", 0.5, 0, 1),
            smoothing(options));
    String base = options.text("base", "none");
    Teachers others = new Teachers("diversity", teachers);
    return new DiversityTraining(
        settings, others, base.equals("none") ? null : Methods.makeBase(base, options));
  }

  private static Methods.Entry robustDistillation() {
    return new Methods.Entry(
        new Methods.Description(
            "robust-distillation",
            "a small student learns robust teachers' soft labels, also under attack (RSLAD, Zi et al. 2021)",
            "robust models; several count by the mean of their probabilities",
            List.of(
                new Methods.Setting("eps", "8/255", "L∞ budget of the attack"),
                new Methods.Setting("steps", "10", "of the attack"),
                new Methods.Setting("step-size", "eps/4", "of the attack"),
                new Methods.Setting("alpha", "5/6", "weight of the attacked images, 0..1"),
                new Methods.Setting("temperature", "1", "of teachers and student"),
                new Methods.Setting("labels", "0", "share of the right label in the targets, 0..1"),
                AdversarialMethods.AWP)),
        FurtherMethods::robustDistillation);
  }

  private static TrainingMethod robustDistillation(
      Options options, List<DifferentiableModel> teachers) {
    double radius = options.epsilon(Norm.LINF);
    RobustDistillation.Settings settings =
        new RobustDistillation.Settings(
            new Ascent.Settings(
                Norm.LINF,
                radius,
                options.number("step-size", radius / 4, 0, 1),
                options.integer("steps", 10, 1, 10_000),
                Ascent.Start.GAUSSIAN,
                START,
                true),
            options.number("alpha", 5.0 / 6, 0, 1),
            options.number("temperature", 1, 0.01, 1000),
            options.number("labels", 0, 0, 1));
    return AdversarialMethods.around(
        options, new RobustDistillation(settings, new Teachers("robust-distillation", teachers)));
  }

  private static Methods.Entry distillation() {
    return new Methods.Entry(
        new Methods.Description(
            "distillation",
            "defensive distillation (Papernot et al. 2016): a false defence, to show how it fails",
            "the first stage's model; none in the first stage",
            List.of(
                new Methods.Setting(
                    "temperature", "20", "that scores are divided by in training"))),
        (options, teachers) ->
            new DefensiveDistillation(
                options.number("temperature", 20, 0.01, 10_000),
                teachers.isEmpty() ? null : new Teachers("distillation", teachers)));
  }
}
