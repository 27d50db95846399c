package io.stopline.agent;

import picocli.CommandLine;

/** The agent's process. */
public final class AgentMain {

  private AgentMain() {}

  /** Runs the agent and ends the process with its exit code; see {@link AgentCommand}. */
  public static void main(String[] arguments) {
    if (System.getProperty("logback.configurationFile") == null) {
      // Not in the root of the class path, where other applications' files lie.
      System.setProperty("logback.configurationFile", "io/stopline/agent/logback.xml");
    }
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    CommandLine command = new CommandLine(new AgentCommand(System.out));
    command.setExecutionExceptionHandler(AgentCommand::explain);
    command.setCaseInsensitiveEnumValuesAllowed(true);
    return command;
  }
}
