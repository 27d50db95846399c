package io.stopline.evaluation.model;

import io.stopline.evaluation.UnusableDatasetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which of a model's outputs stands for which class of a data set. Immutable.
 *
 * @param dataNames names of the data's classes, in the data's order
 * @param modelNames one name an output, in the model's order
 * @param outputOf for each class of the data its output; -1 for one that the model does not know
 *     and that is left out
 * @param how for people: by what they were paired
 */
public record ClassMap(
    List<String> dataNames, List<String> modelNames, List<Integer> outputOf, String how) {

  /** A class that is left out. */
  public static final int NONE = -1;

  private static final int NAMED = 5;

  public ClassMap {
    dataNames = List.copyOf(dataNames);
    modelNames = List.copyOf(modelNames);
    outputOf = List.copyOf(outputOf);
  }

  /**
   * Pairs by names, numbers or order, as far as that can be known without a look at images; {@link
   * ClassOrder#MATCHED} begins as {@link ClassOrder#DATA} as far as there are outputs.
   *
   * @param labels the model's names; empty if they are not known
   * @param outputs how many scores the model gives
   * @param dataNames names of the data's classes
   * @param model what messages call the model
   * @param data what messages call the data set
   * @throws UnusableDatasetException if they cannot be paired; names the classes and the cure
   */
  static ClassMap of(
      ModelLabels labels,
      int outputs,
      List<String> dataNames,
      ReadingOptions options,
      String model,
      String data) {
    Pairing pairing = new Pairing(outputs, dataNames, options, model, data);
    return switch (options.order()) {
      case NAMES -> labels.names().isEmpty() ? pairing.withoutNames() : pairing.byName(labels);
      case DATA -> pairing.inOrder(dataNames, "in the data's order, as told");
      case ALPHABETICAL ->
          pairing.inOrder(dataNames.stream().sorted().toList(), "in alphabetical order, as told");
      case MATCHED -> pairing.anyhow();
    };
  }

  /** The same classes paired in another way. */
  ClassMap with(int[] outputs, String otherwise) {
    List<String> names = new ArrayList<>(Collections.nCopies(modelNames.size(), ""));
    for (int d = 0; d < outputs.length; d++) {
      if (outputs[d] >= 0) {
        names.set(outputs[d], dataNames.get(d));
      }
    }
    for (int o = 0; o < names.size(); o++) {
      if (names.get(o).isEmpty()) {
        names.set(o, "output " + o);
      }
    }
    return new ClassMap(dataNames, names, Arrays.stream(outputs).boxed().toList(), otherwise);
  }

  /** Number of the model's outputs. */
  public int outputs() {
    return modelNames.size();
  }

  /** Whether the data's labels are the model's as they are. */
  public boolean isIdentity() {
    return dataNames.size() == modelNames.size()
        && IntStream.range(0, dataNames.size()).allMatch(d -> outputOf.get(d) == d);
  }

  /** The data's classes that are left out. */
  public List<String> leftOut() {
    return IntStream.range(0, dataNames.size())
        .filter(d -> outputOf.get(d) == NONE)
        .mapToObj(dataNames::get)
        .toList();
  }

  /** Makes maps, or says why there is none. */
  private record Pairing(
      int outputs, List<String> dataNames, ReadingOptions options, String model, String data) {

    ClassMap byName(ModelLabels labels) {
      List<String> names = perOutput(labels);
      Map<String, Integer> byForm = new TreeMap<>();
      Set<String> twice = new LinkedHashSet<>();
      for (int o = 0; o < names.size(); o++) {
        if (byForm.put(NameForm.comparable(names.get(o)), o) != null) {
          twice.add(NameForm.comparable(names.get(o)));
        }
      }
      List<Integer> outputOf = new ArrayList<>();
      List<String> unknown = new ArrayList<>();
      for (String name : dataNames) {
        String wanted = NameForm.comparable(options.renames().getOrDefault(name, name));
        if (twice.contains(wanted)) {
          throw new UnusableDatasetException(
              "%s names '%s' twice, so it is not known which output the data's class '%s' is; give each output a name of its own"
                  .formatted(labels.source(), wanted, name));
        }
        int output = byForm.getOrDefault(wanted, NONE);
        outputOf.add(output);
        if (output == NONE) {
          unknown.add(name);
        }
      }
      refuseMerged(outputOf);
      if (unknown.isEmpty()) {
        return new ClassMap(dataNames, names, outputOf, "by name, from " + labels.source());
      }
      if (unknown.size() == dataNames.size()) {
        return byNumber(labels, names);
      }
      if (!options.skipUnknown()) {
        throw new UnusableDatasetException(
            "%s of data set '%s' %s: %s; correct the name on either side, say --rename 'NAME IN THE DATA=NAME OF THE MODEL', or leave the images out with --skip-unknown-classes"
                .formatted(
                    unknown.size() == 1 ? "a class" : unknown.size() + " classes",
                    data,
                    "cannot be found among the names from " + labels.source(),
                    listed(unknown, names)));
      }
      return new ClassMap(dataNames, names, outputOf, "by name, from " + labels.source());
    }

    /** Two classes of the data that would become one of the model. */
    private void refuseMerged(List<Integer> outputOf) {
      for (int d = 0; d < outputOf.size(); d++) {
        int other = outputOf.indexOf(outputOf.get(d));
        if (outputOf.get(d) != NONE && other != d) {
          throw new UnusableDatasetException(
              "classes '%s' and '%s' of data set '%s' have the same name but for letter case, spaces or leading zeros; rename one of them"
                  .formatted(dataNames.get(other), dataNames.get(d), data));
        }
      }
    }

    private static String listed(List<String> unknown, List<String> names) {
      String first =
          unknown.stream()
              .limit(NAMED)
              .map(
                  name -> {
                    String near = NameForm.nearest(name, names);
                    return near == null
                        ? "'%s'".formatted(name)
                        : "'%s' (near: '%s')".formatted(name, near);
                  })
              .collect(Collectors.joining(", "));
      return unknown.size() > NAMED ? first + ", …" : first;
    }

    /** One side has names, the other numbers; or both have names that have nothing in common. */
    private ClassMap byNumber(ModelLabels labels, List<String> names) {
      boolean numberedData = dataNames.stream().allMatch(NameForm::isNumber);
      boolean numberedModel = labels.names().stream().allMatch(NameForm::isNumber);
      if (numberedData && !numberedModel) {
        int offset =
            labels.names().size() == names.size() ? 0 : names.indexOf(labels.names().get(0));
        List<Integer> outputOf =
            dataNames.stream().map(n -> Integer.parseInt(n) + offset - labels.first()).toList();
        return numbered(names, outputOf, "by number, named from " + labels.source());
      }
      if (numberedModel && !numberedData) {
        List<Integer> outputOf = new ArrayList<>();
        List<Integer> numbers =
            names.stream().map(n -> NameForm.isNumber(n) ? Integer.parseInt(n) : NONE).toList();
        for (int d = 0; d < dataNames.size(); d++) {
          outputOf.add(numbers.indexOf(d));
        }
        if (outputOf.contains(NONE)) {
          int d = outputOf.indexOf(NONE);
          throw new UnusableDatasetException(
              "%s has no number %d for class '%s' of data set '%s'; give a name or number for each class"
                  .formatted(labels.source(), d, dataNames.get(d), data));
        }
        List<String> renamed = new ArrayList<>(names);
        for (int d = 0; d < dataNames.size(); d++) {
          renamed.set(outputOf.get(d), dataNames.get(d));
        }
        return new ClassMap(
            dataNames, renamed, outputOf, "by the data's numbers, from " + labels.source());
      }
      throw new UnusableDatasetException(
          "no class of data set '%s' ('%s', …) has a name from %s ('%s', …): give the labels of this model, or say --class-order data if the outputs are in the data's order"
              .formatted(data, dataNames.get(0), labels.source(), labels.names().get(0)));
    }

    private ClassMap numbered(List<String> names, List<Integer> outputOf, String how) {
      for (int d = 0; d < outputOf.size(); d++) {
        if (outputOf.get(d) < 0 || outputOf.get(d) >= outputs) {
          throw new UnusableDatasetException(
              "data set '%s' has class '%s', but %s gives %d scores, numbered from 0; give the names of its classes with --labels FILE"
                  .formatted(data, dataNames.get(d), model, outputs));
        }
      }
      return new ClassMap(dataNames, names, outputOf, how);
    }

    /**
     * One name an output: the file's, with the background that is told or that it leaves room for.
     */
    private List<String> perOutput(ModelLabels labels) {
      List<String> names = labels.names();
      if (names.size() == outputs) {
        return names;
      }
      boolean roomForOne = names.size() + 1 == outputs;
      Background background =
          roomForOne && options.background() == Background.NONE && labels.first() == 1
              ? Background.FIRST // numbered from 1: output 0 is left for the background
              : options.background();
      if (!roomForOne || background == Background.NONE) {
        throw new UnusableDatasetException(
            "%s has %d names, but %s gives %d scores; %s"
                .formatted(
                    labels.source(),
                    names.size(),
                    model,
                    outputs,
                    roomForOne
                        ? "if one more stands for 'none of them', say --background first or --background last"
                        : "give one name for each score, in the model's order"));
      }
      List<String> all = new ArrayList<>(names);
      all.add(background == Background.FIRST ? 0 : names.size(), "background");
      return all;
    }

    ClassMap withoutNames() {
      if (dataNames.stream().allMatch(NameForm::isNumber) && dataNames.size() < outputs) {
        List<String> names = IntStream.range(0, outputs).mapToObj(String::valueOf).toList();
        return numbered(
            names,
            dataNames.stream().map(Integer::parseInt).toList(),
            "by the number that each class of the data is named with");
      }
      return inOrder(dataNames, "in the data's order: nobody gave names (--labels FILE)");
    }

    /** Output {@code i} is the {@code i}-th of these names. */
    ClassMap inOrder(List<String> names, String how) {
      int offset = options.background() == Background.FIRST ? 1 : 0;
      int expected = names.size() + (options.background() == Background.NONE ? 0 : 1);
      if (expected != outputs) {
        throw new UnusableDatasetException(
            "%s gives %d scores, data set '%s' has %d classes: which is which cannot be told; give the names of the model's classes with --labels FILE%s%s"
                .formatted(
                    model,
                    outputs,
                    data,
                    names.size(),
                    names.size() <= outputs
                        ? ", or let clean images tell with --class-order matched"
                        : "",
                    names.size() + 1 == outputs
                        ? ", or say --background first (or last) if one more score stands for 'none of them'"
                        : ""));
      }
      int[] outputOf = dataNames.stream().mapToInt(n -> names.indexOf(n) + offset).toArray();
      return blank().with(outputOf, how);
    }

    /** Outputs without meaning, for a look at images to fill in. */
    ClassMap anyhow() {
      if (dataNames.size() > outputs) {
        throw new UnusableDatasetException(
            "%s gives %d scores, data set '%s' has %d classes: not each can have its own"
                .formatted(model, outputs, data, dataNames.size()));
      }
      return blank()
          .with(IntStream.range(0, dataNames.size()).toArray(), "by what it says of clean images");
    }

    private ClassMap blank() {
      return new ClassMap(
          dataNames,
          Collections.nCopies(outputs, "?"),
          Collections.nCopies(dataNames.size(), NONE),
          "");
    }
  }
}
