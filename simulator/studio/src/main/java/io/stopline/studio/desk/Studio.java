package io.stopline.studio.desk;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The studio, open: its page, its drives and the commands that were started on it. */
public final class Studio implements AutoCloseable {

  private final DeskServer server;
  private final String address;

  /**
   * Opens it.
   *
   * @param setting what it works with
   * @param stopline what runs {@code stopline} with these arguments as a process
   * @throws IOException if the port is taken
   */
  public Studio(Setting setting, Function<List<String>, ProcessBuilder> stopline)
      throws IOException {
    List<Path> opened = setting.opened().stream().map(Studio::meant).toList();
    List<Path> runs = opened.stream().filter(CampaignRuns::isRun).toList();
    List<Path> places = new ArrayList<>();
    opened.stream().filter(path -> !CampaignRuns.isRun(path)).forEach(places::add);
    places.addAll(setting.shipped());
    Workspace workspace = new Workspace(setting.work(), places);
    List<GuardChoice> guards = new ArrayList<>();
    for (String bundle : setting.bundles()) {
      guards.addAll(GuardChoice.of(bundle));
    }
    Desk desk =
        new Desk(
            workspace,
            guards,
            new CampaignRuns(workspace, runs),
            new Jobs(stopline),
            shownFirst(opened));
    server = new DeskServer(desk);
    address = server.start(setting.port());
  }

  /**
   * What a studio works with.
   *
   * @param opened runs of campaigns, scenarios, and folders of scenarios
   * @param shipped folders of scenarios that come after those
   * @param bundles as commands take them, at least one; each of their policies is a guard
   * @param work where what is made is written
   * @param port of the page; 0 for any that is free
   */
  public record Setting(
      List<Path> opened, List<Path> shipped, List<String> bundles, Path work, int port) {

    public Setting {
      opened = List.copyOf(opened);
      shipped = List.copyOf(shipped);
      bundles = List.copyOf(bundles);
    }
  }

  /** Whether a file is part of a campaign's run. */
  public static boolean opens(Path file) {
    return CampaignRuns.isRun(meant(file));
  }

  /** A file in a run's folder, such as its report, means the run. */
  private static Path meant(Path path) {
    Path folder = path.toAbsolutePath().normalize().getParent();
    return Files.isRegularFile(path) && folder != null && CampaignRuns.isRun(folder)
        ? folder
        : path;
  }

  private static @Nullable String shownFirst(List<Path> opened) {
    if (opened.isEmpty()) {
      return null;
    }
    Path first = opened.get(0);
    String name = URLEncoder.encode(Workspace.shown(first), StandardCharsets.UTF_8);
    if (CampaignRuns.isRun(first)) {
      return "/campaign?run=" + name;
    }
    return Files.isRegularFile(first) ? "/live?scenario=" + name : null;
  }

  /** What a browser on this machine opens; it holds the key that others do not know. */
  public String address() {
    return address;
  }

  /** Ends the page and all that was started on it. */
  @Override
  public void close() {
    server.close();
  }
}
