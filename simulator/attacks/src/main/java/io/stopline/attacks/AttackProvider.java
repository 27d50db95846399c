package io.stopline.attacks;

import java.util.Map;

/**
 * Makes attacks by name. The service-provider interface for a third party's attacks ({@code
 * META-INF/services/io.stopline.attacks.AttackProvider}).
 */
public interface AttackProvider {

  /** As the command line writes it, for example {@code apgd-ce}. */
  String name();

  /** One line for {@code --help}: what it is, and the paper. */
  String summary();

  /**
   * Makes the attack.
   *
   * @param options what is set by name, as text; {@code norm}, {@code eps}, {@code rounding},
   *     {@code targeted} and the attack's own (see its page in the documentation); what is not
   *     there has the paper's default
   * @throws IllegalArgumentException naming option, value and what is allowed
   */
  Attack create(Map<String, String> options);
}
