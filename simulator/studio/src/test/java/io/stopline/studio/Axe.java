package io.stopline.studio;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.stopline.testing.Browser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Properties;

/** What axe-core finds in a page that a browser shows: barriers for people who see or move less. */
public final class Axe {

  private static final String HOME = "/META-INF/maven/org.webjars.npm/axe-core/pom.properties";
  private static final String SCRIPT = "/META-INF/resources/webjars/axe-core/%s/axe.min.js";

  private Axe() {}

  /**
   * The serious and critical findings, each with its rule and the elements that break it.
   *
   * @throws IOException if axe-core does not run
   */
  public static List<String> seriousFindings(Browser browser) throws Exception {
    Properties pom = new Properties();
    pom.load(new java.io.StringReader(resource(HOME)));
    String script = resource(SCRIPT.formatted(pom.getProperty("version")));
    browser.evaluate("(() => { " + script + "\n; return typeof window.axe; })()");
    browser.evaluate(
        "(window.axeSays = null, axe.run(document, { resultTypes: ['violations'] }).then(found =>"
            + " { window.axeSays = JSON.stringify(found.violations.filter(v =>"
            + " ['serious', 'critical'].includes(v.impact)).map(v => v.id + ': ' + v.help + ' at '"
            + " + v.nodes.map(n => n.target.join(' ') + ' (' + n.any.map(a => a.message).join()"
            + " + ')').join(', '))); }, failure => { window.axeSays = 'failed ' + failure; }), 1)");
    browser.await("window.axeSays !== null");
    String says = browser.evaluate("window.axeSays");
    if (says.startsWith("failed")) {
      throw new IOException("axe-core " + says);
    }
    return List.of(new ObjectMapper().readValue(says, String[].class));
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Objects.requireNonNull(Axe.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
