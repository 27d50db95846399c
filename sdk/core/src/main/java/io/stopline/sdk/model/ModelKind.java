package io.stopline.sdk.model;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What a model is for, as far as its shapes, its types and its last operators tell. What they do
 * not tell is not claimed: a vector of features looks like a vector of class scores, and counts as
 * one.
 *
 * @param task what it is taken for
 * @param claim begins the sentence; empty if nothing more than shapes can be told
 * @param takes what goes in
 * @param gives what comes out
 */
public record ModelKind(Task task, String claim, String takes, String gives) {

  /** Why a model is or is no image classifier. */
  public enum Task {
    /** One image in, one vector of scores out. */
    CLASSIFIER,
    /** One image in; the shape of what comes out is known only once it has run. */
    UNTOLD,
    DETECTOR,
    /** A vector of unit length, to be compared with others. */
    EMBEDDING,
    /** A map or an image: segmentation, depth, restoration, heat maps. */
    MAP,
    /** Words or their numbers go in. */
    TEXT,
    /** Samples of sound or other measurements over time go in. */
    SERIES,
    SEVERAL_INPUTS,
    /** Vectors of scores, but more than one. */
    SEVERAL_VECTORS,
    /** One number: a regression, or a sigmoid that tells two classes apart. */
    ONE_NUMBER,
    /** Only the number of the winning class. */
    CLASS_NUMBER,
    /** A fixed number of images at once. */
    FIXED_BATCH,
    OTHER
  }

  private static final String WANTED =
      "here a classifier is needed: one image in, one vector of class scores out";

  /**
   * Looks at a file.
   *
   * @param file for which {@link ModelFile#problem} and {@link ModelStructure#problem} are empty
   * @throws IllegalArgumentException if its structure is not sound
   */
  public static ModelKind of(byte[] file) {
    return of(ModelGraph.of(file));
  }

  /** Looks at what was read of a file. */
  public static ModelKind of(ModelGraph graph) {
    Form form = InputForm.of(graph);
    if (form.task() == Task.CLASSIFIER) {
      // Nothing against it so far.
      form = OutputForm.of(graph);
    }
    return new ModelKind(
        form.task(),
        form.claim(),
        takes(graph.fed()),
        gives(graph, form.by().isEmpty() ? customOperators(graph) : form.by()));
  }

  /** A custom operator says more about a model than its shapes. */
  private static String customOperators(ModelGraph graph) {
    return graph.steps().stream()
        .map(step -> step.operator().custom())
        .filter(custom -> !custom.isEmpty())
        .distinct()
        .map("custom operator '%s'"::formatted)
        .collect(Collectors.joining(", "));
  }

  /**
   * What one end of a model tells.
   *
   * @param claim as in {@link ModelKind}, with the cure if there is one
   * @param by operators that it is told by; empty for shapes alone
   */
  record Form(Task task, String claim, String by) {

    static Form of(Task task, String claim) {
      return new Form(task, claim, "");
    }
  }

  /** Whether it is one image in, one vector of scores out. */
  public boolean isClassifier() {
    return task == Task.CLASSIFIER;
  }

  /** Whether it cannot be a classifier; false also where only a run can tell. */
  public boolean isSomethingElse() {
    return task != Task.CLASSIFIER && task != Task.UNTOLD;
  }

  /**
   * To be put behind the model's name, such as "is a detector: it takes one image 1×300×300×3
   * (uint8) and gives 4 tensors …; here a classifier is needed: …".
   */
  public String sentence() {
    String shapes = "takes %s and gives %s".formatted(takes, gives);
    String told = claim.isEmpty() ? shapes : "%s: it %s".formatted(claim, shapes);
    return isClassifier() || task == Task.UNTOLD ? told : told + "; " + WANTED;
  }

  private static String takes(List<ModelGraph.Tensor> fed) {
    if (fed.size() != 1) {
      return tensors(fed);
    }
    ModelGraph.Tensor only = fed.get(0);
    boolean image = only.rank() == 4 && InputForm.isImage(only.shape());
    return (image ? "one image " : "") + described(only);
  }

  private static String gives(ModelGraph graph, String by) {
    List<ModelGraph.Tensor> read = graph.read();
    return (read.size() == 1 ? described(read.get(0)) : tensors(read))
        + (by.isEmpty() ? "" : " by " + by);
  }

  private static String described(ModelGraph.Tensor tensor) {
    return "%s (%s)".formatted(tensor.dimensions(), tensor.typeName());
  }

  private static String tensors(List<ModelGraph.Tensor> tensors) {
    return tensors.size()
        + " tensors"
        + tensors.stream()
            .map(ModelKind::described)
            .collect(Collectors.joining(", ", " (", ")"))
            .replace(" ()", "");
  }
}
