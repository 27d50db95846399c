@org.jspecify.annotations.NullMarked
package io.stopline.spark;
