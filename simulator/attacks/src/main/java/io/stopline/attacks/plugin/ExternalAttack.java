package io.stopline.attacks.plugin;

import io.stopline.attacks.Attack;
import io.stopline.attacks.AttackProvider;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.Norm;
import io.stopline.attacks.Options;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.attacks.ThreatModel;
import io.stopline.attacks.Victim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An attack that is a program of its own, in any language: it is offered the inputs, asks about
 * candidates within a budget of queries, and proposes results, one JSON object a line over its
 * standard input and output (see {@code docs/attacks/external.md}). Whether a proposal is within
 * the budget and succeeds is judged here, never by the program. Immutable and thread-safe; each run
 * starts the program anew and ends it.
 */
public final class ExternalAttack implements Attack {

  /** What a program may learn of a candidate; each level includes those above. */
  public enum Access {
    /** Whether it is a success. */
    LABELS,
    /** A loss and the scores of all classes. */
    SCORES,
    /** The gradient of the loss. */
    GRADIENTS
  }

  private final List<String> command;
  private final PixelBudget budget;
  private final Access access;
  private final int queries;
  private final Duration patience;

  /**
   * @param command program and arguments
   * @param queries candidates an input, proposals included, at least 1
   * @param patience longest silence of the program
   */
  public ExternalAttack(
      List<String> command, PixelBudget budget, Access access, int queries, Duration patience) {
    if (command.isEmpty() || queries < 1 || patience.isNegative() || patience.isZero()) {
      throw new IllegalArgumentException(
          "external attack: command=%s queries=%d timeout=%s; none may be empty or 0"
              .formatted(command, queries, patience));
    }
    this.command = List.copyOf(command);
    this.budget = budget;
    this.access = access;
    this.queries = queries;
    this.patience = patience;
  }

  @Override
  public String name() {
    return "external";
  }

  @Override
  public ThreatModel threatModel() {
    return new ThreatModel(
        ThreatModel.Goal.UNTARGETED,
        switch (access) {
          case LABELS -> ThreatModel.Knowledge.LABEL_QUERIES;
          case SCORES -> ThreatModel.Knowledge.SCORE_QUERIES;
          case GRADIENTS -> ThreatModel.Knowledge.WHITE_BOX;
        },
        ThreatModel.GuardKnowledge.NONE,
        ThreatModel.Capability.DIGITAL,
        budget.declared(queries, 1));
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("norm", budget.norm().name().toLowerCase(Locale.ROOT));
    settings.put("eps", budget.epsilon());
    settings.put("rounding", budget.rounding());
    settings.put("command", String.join(" ", command));
    settings.put("access", access.name().toLowerCase(Locale.ROOT));
    settings.put("queries", queries);
    settings.put("timeout", patience.toSeconds());
    return settings;
  }

  /**
   * {@inheritDoc}
   *
   * @throws ExternalAttackException if the program cannot be started, crashes, falls silent or does
   *     not speak the protocol
   */
  @Override
  public Outcome attack(Victim victim, Inputs inputs, Run run) {
    if (access == Access.GRADIENTS && victim.gradients().isEmpty()) {
      throw new UnsupportedOperationException(
          "attack 'external' was given access=gradients, and this model has none; give"
              + " access=scores or access=labels");
    }
    int longest = ExternalSession.longestLine(inputs.shape());
    try (ExternalProgram program = new ExternalProgram(command, patience, longest)) {
      return new ExternalSession(program, victim, inputs, run, budget, access, queries).hold();
    }
  }

  /** Makes it from options: command, norm, eps, rounding, access, queries, timeout. */
  public static final class Provider implements AttackProvider {
    @Override
    public String name() {
      return "external";
    }

    @Override
    public String summary() {
      return "a program of your own, over its standard input and output (docs/attacks/external.md)";
    }

    @Override
    public Attack create(Map<String, String> given) {
      Options options = new Options(name(), given);
      List<String> command = words(options.text("command", ""));
      if (command.isEmpty()) {
        throw new IllegalArgumentException(
            "attack 'external': option command is missing; give the program and its arguments, for"
                + " example command='python3 my_attack.py'");
      }
      Access access =
          Access.valueOf(
              options
                  .choice("access", "scores", "labels", "scores", "gradients")
                  .toUpperCase(Locale.ROOT));
      ExternalAttack attack =
          new ExternalAttack(
              command,
              options.budget(Norm.LINF, Norm.LINF, Norm.L2, Norm.L0),
              access,
              options.integer("queries", 5000, 1, 100_000_000),
              Duration.ofSeconds(options.integer("timeout", 60, 1, 86_400)));
      options.end();
      return attack;
    }

    /** Splits at spaces, except inside quotes of either kind. */
    static List<String> words(String text) {
      List<String> words = new ArrayList<>();
      StringBuilder word = new StringBuilder();
      char quote = 0;
      boolean open = false;
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (quote != 0) {
          quote = c == quote ? 0 : quote;
          if (quote != 0) {
            word.append(c);
          }
        } else if (c == '"' || c == '\'') {
          quote = c;
          open = true;
        } else if (Character.isWhitespace(c)) {
          if (open) {
            words.add(word.toString());
            word.setLength(0);
          }
          open = false;
        } else {
          word.append(c);
          open = true;
        }
      }
      if (quote != 0) {
        throw new IllegalArgumentException(
            "attack 'external': option command has a quote %s that is not closed".formatted(quote));
      }
      if (open) {
        words.add(word.toString());
      }
      return words;
    }
  }
}
