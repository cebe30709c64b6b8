package io.tributary.transport.srtp;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.FunctionDescriptor;
import org.junit.jupiter.api.Test;

class NativeLibraryTest {
    /// What [SrtpProviders] takes for "not on this machine", and logs.
    @Test
    void whatIsMissingIsSaidByName() {
        assertThatThrownBy(() -> NativeLibrary.load("libtributary-a.so.2", "libtributary-a.so.1"))
                .isInstanceOf(LinkageError.class)
                .hasMessageContaining("libtributary-a.so.2")
                .hasMessageContaining("libtributary-a.so.1");
        assertThatThrownBy(() -> NativeLibrary.ofProcess().handle("tributary_function", FunctionDescriptor.ofVoid()))
                .isInstanceOf(LinkageError.class)
                .hasMessageContaining("tributary_function");
    }
}
