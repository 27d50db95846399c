package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What every command says of itself can be printed as it stands. */
class HelpTest {

  /** picocli formats help texts; one with a bare per cent sign gets a complaint beside it. */
  @Test
  void noHelpTextHoldsWhatCannotBeFormatted() {
    List<CommandLine> commands = new ArrayList<>();
    collect(Main.commandLine(), commands);
    PrintStream before = System.err;
    ByteArrayOutputStream complaints = new ByteArrayOutputStream();
    System.setErr(new PrintStream(complaints, true, StandardCharsets.UTF_8));
    try {
      assertThat(commands.stream().map(CommandLine::getUsageMessage))
          .hasSizeGreaterThan(30)
          .allMatch(text -> text.contains("Usage:"));
    } finally {
      System.setErr(before);
    }
    assertThat(complaints.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  /** Commands that a person begins with. */
  private static final List<String> MAIN =
      List.of(
          "demo",
          "drive",
          "attack",
          "harden",
          "certify",
          "campaign",
          "evaluate",
          "search",
          "inspect",
          "calibrate",
          "bench",
          "guard");

  @Test
  void examplesAreCommandsAsTheyAreGiven() {
    Map<String, CommandLine> commands = Main.commandLine().getSubcommands();
    for (String name : MAIN) {
      String footer =
          String.join("\n", commands.get(name).getCommandSpec().usageMessage().footer())
              .replace("\\\n", " ");
      List<String> examples =
          footer.lines().map(String::strip).filter(line -> line.startsWith("stopline ")).toList();
      assertThat(examples).as(name).isNotEmpty();
      for (String example : examples) {
        String command = example.replaceFirst("^stopline ", "").replaceFirst(" {2,}.*", "");
        assertThat(command).startsWith(name);
        Main.commandLine().parseArgs(command.split(" +"));
      }
    }
  }

  @Test
  void everyCommandListsItsExitCodesAndItsOptionsAsTheyWereDeclared() {
    List<CommandLine> commands = new ArrayList<>();
    collect(Main.commandLine(), commands);
    for (CommandLine command : commands) {
      if (command.getCommand() instanceof AppCommand
          || command.getCommand() instanceof CommandLine.HelpCommand) {
        continue;
      }
      String help = command.getUsageMessage();
      assertThat(help).as(command.getCommandName()).contains("Exit codes:", "  0  ", "  2  ");
    }
    String attack = Main.commandLine().getSubcommands().get("attack").getUsageMessage();
    assertThat(attack.indexOf("--mean=")).isLessThan(attack.indexOf("--deviation="));
    assertThat(attack.indexOf("--report=")).isLessThan(attack.indexOf("--json="));
  }

  private static void collect(CommandLine command, List<CommandLine> commands) {
    commands.add(command);
    command.getSubcommands().values().forEach(sub -> collect(sub, commands));
  }
}
