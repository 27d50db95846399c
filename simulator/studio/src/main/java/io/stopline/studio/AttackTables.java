package io.stopline.studio;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.campaign.robustness.AttackRun;
import io.stopline.campaign.robustness.Example;
import io.stopline.campaign.robustness.InputRecord;
import io.stopline.evaluation.robustness.ClassFigures;
import io.stopline.evaluation.robustness.ExamplePicture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** Turns a run into what its report shows beside the figures. */
final class AttackTables {

  private AttackTables() {}

  /** One row a class that has inputs. */
  static List<ClassFigures> classes(AttackRun run, List<String> names, boolean named) {
    TreeMap<Integer, long[]> rows = new TreeMap<>();
    for (InputRecord input : run.inputs()) {
      long[] row = rows.computeIfAbsent(input.label(), l -> new long[3]);
      row[0]++;
      row[1] += input.clean().standing() ? 1 : 0;
      row[2] += input.standing() ? 1 : 0;
    }
    List<ClassFigures> classes = new ArrayList<>();
    rows.forEach(
        (label, row) ->
            classes.add(
                new ClassFigures(name(named ? names : List.of(), label), row[0], row[1], row[2])));
    return classes;
  }

  /** Pictures of the smallest changes that won. */
  static List<ExamplePicture> examples(
      AttackRun run, Inputs inputs, List<String> names, List<Attack> attacks) {
    int size = inputs.shape().size();
    List<ExamplePicture> pictures = new ArrayList<>();
    for (Example example : run.examples()) {
      int row = 0;
      while (inputs.ids()[row] != example.id()) {
        row++;
      }
      pictures.add(
          ExamplePicture.of(
              example.id(),
              attacks.get(example.attack()).name(),
              name(names, inputs.labels()[row]),
              name(names, example.label()),
              inputs.shape().width(),
              inputs.shape().height(),
              Arrays.copyOfRange(inputs.images(), row * size, (row + 1) * size),
              example.pixels()));
    }
    return pictures;
  }

  private static String name(List<String> names, int label) {
    return label >= 0 && label < names.size() ? names.get(label) : "class " + label;
  }
}
