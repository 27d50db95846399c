package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher script itself, run in a small tree of its own. Maven and Java are stand-ins there
 * that write down how they were called: what is tested is when the script builds and what it runs.
 */
final class LauncherTest {

  /** All that the launcher needs besides Java and Maven. */
  private static final List<String> TOOLS =
      List.of(
          "bash",
          "cat",
          "dirname",
          "find",
          "grep",
          "head",
          "id",
          "mkdir",
          "mv",
          "readlink",
          "rm",
          "sed",
          "sh",
          "sleep",
          "tee");

  /** Builds: writes the class path files, and its name on a list. */
  private static final String MAVEN =
      """
      #!/bin/sh
      echo "mvn $*" >>"$CALLS"
      echo "[INFO] Building Stopline SDK: core 0.1.0 [1/1]"
      [ -z "$SLOW" ] || sleep 1
      [ -z "$BREAK" ] || { echo "[ERROR] /src/Broken.java:[1,1] ';' expected"; exit 1; }
      for app in simulator/studio device-agent fleet-monitor; do
        mkdir -p $app/target && echo /lib/a.jar >$app/target/classpath.txt
      done
      """;

  private static final String JAVA =
      """
      #!/bin/sh
      if [ "$1" = -version ]; then echo "openjdk version \\"$JAVA_SAYS\\" 2025-04-15" >&2; exit; fi
      for a in "$@"; do printf '<%s>' "$a"; done
      echo "[LC_ALL=$LC_ALL]"
      exit ${JAVA_EXITS:-0}
      """;

  @TempDir Path temporary;
  private Path root;
  private Path bin;
  private Path calls;
  private final List<String> settings = new ArrayList<>();

  private record Result(int exitCode, String out, String err) {}

  @BeforeEach
  void plant() throws IOException {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/env")), "no POSIX system");
    root = Files.createDirectories(temporary.resolve("stop line"));
    bin = Files.createDirectories(temporary.resolve("bin"));
    calls = temporary.resolve("calls");
    Path script = Path.of(System.getProperty("stopline.root", "../.."), "stopline");
    Files.copy(script, root.resolve("stopline"), StandardCopyOption.COPY_ATTRIBUTES);
    source("pom.xml");
    source("sdk/core/src/main/java/A.java");
    for (String tool : TOOLS) {
      Path usual = Path.of("/usr/bin", tool);
      Files.createSymbolicLink(
          bin.resolve(tool), Files.exists(usual) ? usual : Path.of("/bin", tool));
    }
    executable("mvn", MAVEN);
    executable("java", JAVA);
    settings.add("JAVA_SAYS=17.0.15");
  }

  private void executable(String name, String text) throws IOException {
    Path file = Files.writeString(bin.resolve(name), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Writes a source as if it were old, so that it is older than any build of this test. */
  private Path source(String path) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "x");
    FileTime old = FileTime.from(Instant.now().minusSeconds(3600));
    Path p = file;
    while (p != null && !p.equals(temporary)) {
      Files.setLastModifiedTime(p, old);
      p = p.getParent();
    }
    return file;
  }

  private Process start(Path script, Path directory, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", bin.toString());
    builder.environment().put("CALLS", calls.toString());
    for (String setting : settings) {
      builder
          .environment()
          .put(
              setting.substring(0, setting.indexOf('=')),
              setting.substring(setting.indexOf('=') + 1));
    }
    return builder.start();
  }

  private static Result finish(Process process) throws IOException, InterruptedException {
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    return new Result(process.exitValue(), out, err);
  }

  private Result run(String... arguments) throws IOException, InterruptedException {
    return finish(start(root.resolve("stopline"), temporary, arguments));
  }

  private long builds() throws IOException {
    return Files.exists(calls) ? Files.readAllLines(calls).size() : 0;
  }

  @Test
  void buildsOnceThenOnlyWhenASourceIsNewer() throws Exception {
    Result first = run("doctor", "a b");
    assertThat(first.err()).contains("building", "[1/1] Stopline SDK: core");
    assertThat(first.exitCode()).isZero();
    assertThat(first.out())
        .contains("<io.stopline.studio.Main><doctor><a b>")
        .contains("<-Dstopline.root=" + root.toRealPath() + ">")
        .contains("<" + root.toRealPath() + "/simulator/studio/target/classes:/lib/a.jar>");
    assertThat(Files.readString(calls)).contains("-Pquick", "package");

    assertThat(run("doctor").err()).doesNotContain("building");
    assertThat(builds()).isEqualTo(1);

    Files.setLastModifiedTime(
        root.resolve("sdk/core/src/main/java/A.java"),
        FileTime.from(Instant.now().plusSeconds(60)));
    assertThat(run("doctor").err()).contains("building");
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void aDeletedSourceIsNoticedAndATestIsNot() throws Exception {
    source("sdk/core/src/main/java/B.java");
    source("sdk/core/src/test/java/T.java");
    run("doctor");
    Path test = root.resolve("sdk/core/src/test/java/T.java");
    Files.setLastModifiedTime(test, FileTime.from(Instant.now().plusSeconds(60)));
    assertThat(run("doctor").err()).doesNotContain("building");
    Files.delete(root.resolve("sdk/core/src/main/java/B.java"));
    Files.setLastModifiedTime(
        root.resolve("sdk/core/src/main/java"), FileTime.from(Instant.now().plusSeconds(60)));
    assertThat(run("doctor").err()).contains("building");
  }

  @Test
  void runsFromAnywhereThroughSymbolicLinks() throws Exception {
    Path links = Files.createDirectories(temporary.resolve("my links"));
    Path relative =
        Files.createSymbolicLink(links.resolve("one"), Path.of("../stop line/stopline"));
    Path chained = Files.createSymbolicLink(links.resolve("two"), relative);
    Result result = finish(start(chained, links, "--help"));
    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).contains("<-Dstopline.root=" + root.toRealPath() + ">");
  }

  @Test
  void agentAndMonitorHaveTheirOwnClassPath() throws Exception {
    assertThat(run("agent", "--help").out())
        .contains("/device-agent/target/classes:", "<io.stopline.agent.AgentMain><--help>")
        .doesNotContain("simulator");
    assertThat(run("monitor").out())
        .contains("/fleet-monitor/target/classes:", "<io.stopline.fleet.MonitorMain>")
        .doesNotContain("simulator");
  }

  @Test
  void twoLaunchersBuildOnce() throws Exception {
    settings.add("SLOW=1");
    Process one = start(root.resolve("stopline"), temporary, "doctor");
    Process two = start(root.resolve("stopline"), temporary, "doctor");
    assertThat(finish(one).exitCode()).isZero();
    assertThat(finish(two).exitCode()).isZero();
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void aLockOfAKilledLauncherIsTakenOver() throws Exception {
    Path lock = Files.createDirectories(root.resolve("target/launcher-build.lock"));
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    Files.writeString(lock.resolve("pid"), dead.pid() + "\n");
    assertThat(run("doctor").exitCode()).isZero();
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void aFailingBuildShowsItsErrorAndRunsNothing() throws Exception {
    settings.add("BREAK=1");
    Result result = run("doctor");
    assertThat(result.exitCode()).isEqualTo(ExitCode.INTERNAL);
    assertThat(result.err()).contains("Broken.java", "the build failed", "launcher-build.log");
    assertThat(result.out()).isEmpty();
    settings.remove("BREAK=1");
    assertThat(run("doctor").exitCode()).isZero();
  }

  @Test
  void withoutMavenTheLastBuildRuns() throws Exception {
    run("doctor");
    Files.delete(bin.resolve("mvn"));
    Files.setLastModifiedTime(
        root.resolve("pom.xml"), FileTime.from(Instant.now().plusSeconds(60)));
    Result result = run("doctor");
    assertThat(result.exitCode()).isZero();
    assertThat(result.err()).contains("Maven (mvn) is not on the PATH");
  }

  @Test
  void anOldOrMissingJavaIsToldClearly() throws Exception {
    settings.set(0, "JAVA_SAYS=11.0.2");
    Result old = run("doctor");
    assertThat(old.exitCode()).isEqualTo(ExitCode.INTERNAL);
    assertThat(old.err()).contains("is Java 11", "needs 17 or newer");
    settings.set(0, "JAVA_SAYS=1.8.0_402");
    assertThat(run("doctor").err()).contains("is Java 1;");
    settings.add("JAVA_HOME=" + temporary.resolve("none"));
    assertThat(run("doctor").err()).contains("JAVA_HOME is", "there is no bin/java in it");
  }

  @Test
  void aNewerJavaIsToldThatNativeLibrariesAreWanted() throws Exception {
    settings.set(0, "JAVA_SAYS=25");
    assertThat(run("doctor").out()).contains("<--enable-native-access=ALL-UNNAMED>");
    settings.set(0, "JAVA_SAYS=17.0.15");
    assertThat(run("doctor").out()).doesNotContain("native-access");
  }

  /**
   * Java reads the names of files in the locale's encoding; C knows no letters but English ones.
   */
  @Test
  void aLocaleThatKnowsNoLettersIsReplaced() throws Exception {
    settings.add("LC_ALL=POSIX");
    assertThat(run("doctor").out()).contains("[LC_ALL=C.UTF-8]");
    settings.set(1, "LANG=C");
    assertThat(run("doctor").out()).contains("[LC_ALL=C.UTF-8]");
    settings.set(1, "LANG=de_DE.UTF-8");
    assertThat(run("doctor").out()).contains("[LC_ALL=]");
    settings.set(1, "LC_ALL=de_DE.ISO-8859-1");
    assertThat(run("doctor").out()).contains("[LC_ALL=de_DE.ISO-8859-1]");
  }

  @Test
  void aLocaleThatIsNamedButNotInstalledIsReplacedByOneThatIs() throws Exception {
    executable(
        "locale",
        "#!/bin/sh\n[ \"$LC_ALL\" = en_US.UTF-8 ] && echo UTF-8 || echo ANSI_X3.4-1968\n");
    settings.add("LC_ALL=de_DE.UTF-8");
    assertThat(run("doctor").out()).contains("[LC_ALL=en_US.UTF-8]");
  }

  @Test
  void nativeLibrariesAreUnpackedWhereTheUserSays() throws Exception {
    Path cache = temporary.resolve("my cache");
    settings.add("STOPLINE_CACHE=" + cache);
    Result result = run("doctor");
    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .contains("<-Dorg.bytedeco.javacpp.cachedir=" + cache.toRealPath() + "/javacpp>")
        .contains("<-DDJL_CACHE_DIR=" + cache.toRealPath() + "/djl>")
        .contains("<-Djna.tmpdir=" + cache.toRealPath() + "/other>");
    assertThat(cache.resolve("djl")).isDirectory();

    settings.set(1, "STOPLINE_CACHE=" + Files.writeString(temporary.resolve("file"), "x"));
    Result refused = run("doctor");
    assertThat(refused.exitCode()).isEqualTo(ExitCode.INTERNAL);
    assertThat(refused.err()).contains("STOPLINE_CACHE is", "which cannot be written");
  }

  @Test
  void aTreeThatMayNotBeWrittenRunsAsItWasBuilt() throws Exception {
    Path target = Files.createDirectories(root.resolve("target"));
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("r-xr-xr-x"));
    Assumptions.assumeFalse(Files.isWritable(target), "this user may write everywhere");
    try {
      Result unbuilt = run("doctor");
      assertThat(unbuilt.exitCode()).isEqualTo(ExitCode.INTERNAL);
      assertThat(unbuilt.err()).contains("not built yet", "cannot be written by");
      for (String app : List.of("simulator/studio", "device-agent", "fleet-monitor")) {
        Path place = Files.createDirectories(root.resolve(app).resolve("target"));
        Files.writeString(place.resolve("classpath.txt"), "/lib/a.jar\n");
      }
      Result built = run("doctor");
      assertThat(built.exitCode()).isZero();
      assertThat(built.out()).contains("<doctor>");
      assertThat(builds()).isZero();
    } finally {
      Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  void exitCodesComeThrough() throws Exception {
    settings.add("JAVA_EXITS=2");
    assertThat(run("evaluate").exitCode()).isEqualTo(2);
  }
}
