/**
 * Files that people write: YAML that remembers its lines, checked against a JSON Schema, with
 * errors that name line, key and cure.
 */
@NullMarked
package io.stopline.yaml;

import org.jspecify.annotations.NullMarked;
