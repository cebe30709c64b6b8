package io.tributary.transport.http;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// Looks names up in the DNS. Any thread. An empty list says that there is nothing by that name; a failed stage, that
/// this could not be found out. Answers come within seconds or fail.
public interface NameLookup {
    /// The addresses of a host, those of the machine's hosts file first.
    CompletionStage<List<InetAddress>> addresses(String name, Scope scope);

    /// The SRV records of `name`, `_service._proto.domain` (RFC 2782), in no order.
    CompletionStage<List<ServiceRecord>> services(String name);

    /// How a name is meant.
    enum Scope {
        /// Complete as it is, whatever it looks like: other people's names.
        COMPLETE,

        /// Perhaps short for a name within the machine's own domains: names that the operator wrote.
        LOCAL
    }
}
