package io.stopline.sdk.model;

import java.util.List;
import java.util.Map;

/** Operators by which a sound {@code .tflite} file is known to be one that no CPU runs. */
final class ForeignOperators {

  /** Custom operators that vendors' compilers put in place of a model's own, and whose they are. */
  private static final Map<String, Compiled> COMPILED =
      Map.of(
          "edgetpu-custom-op",
              new Compiled(
                  "the Edge TPU", "edgetpu_compiler", "its name has no '_edgetpu' at the end"),
          "ethos-u", new Compiled("Arm Ethos-U", "Vela", "its name has no '_vela' at the end"),
          "NeutronGraph", new Compiled("NXP eIQ Neutron", "the Neutron converter", ""),
          "vsi-npu", new Compiled("VeriSilicon's NPU", "its compiler", ""),
          "DISPATCH_OP", new Compiled("one vendor's NPU", "LiteRT's compiler", ""));

  private static final String FLEX = "Flex";

  private ForeignOperators() {}

  /**
   * @param sign by which the file before compilation is often known; may be empty
   */
  private record Compiled(String accelerator, String compiler, String sign) {}

  /**
   * What the model is and the cure, to be put behind its name; empty if there is nothing to say.
   */
  static String problem(List<ModelStructure.Operator> operators) {
    for (ModelStructure.Operator operator : operators) {
      Compiled compiled = COMPILED.get(operator.custom());
      if (compiled != null) {
        return ("is compiled for %s (operator '%s'), which alone can run it; give the file that %s"
                + " was given%s")
            .formatted(
                compiled.accelerator(),
                operator.custom(),
                compiled.compiler(),
                compiled.sign().isEmpty() ? "" : " (" + compiled.sign() + ")");
      }
    }
    List<String> flex =
        operators.stream()
            .map(ModelStructure.Operator::custom)
            .filter(name -> name.startsWith(FLEX))
            .distinct()
            .toList();
    return flex.isEmpty()
        ? ""
        : ("needs TensorFlow itself for the operators %s ('select TF ops'), which TensorFlow Lite"
                + " does not have; build the model from other layers and convert it without"
                + " SELECT_TF_OPS")
            .formatted(String.join(", ", flex));
  }
}
