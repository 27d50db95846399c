package io.stopline.evaluation.model;

import java.util.List;

/**
 * The names of a model's classes and where they were found.
 *
 * @param names in the model's order; empty if they are not known
 * @param first number of the first one where they were found, 0 or 1
 * @param source for messages: {@code 'labels.txt'}
 */
record ModelLabels(List<String> names, int first, String source) {

  static final ModelLabels UNKNOWN = new ModelLabels(List.of(), 0, "nowhere");

  ModelLabels {
    names = List.copyOf(names);
  }
}
