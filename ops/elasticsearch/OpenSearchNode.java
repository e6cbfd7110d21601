import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.opensearch.analysis.common.CommonAnalysisPlugin;
import org.opensearch.common.settings.Settings;
import org.opensearch.core.common.transport.BoundTransportAddress;
import org.opensearch.env.Environment;
import org.opensearch.http.HttpServerTransport;
import org.opensearch.index.mapper.MapperExtrasPlugin;
import org.opensearch.node.Node;
import org.opensearch.plugins.Plugin;
import org.opensearch.index.reindex.ReindexPlugin;
import org.opensearch.transport.Netty4Plugin;

/**
 * One real OpenSearch node in this JVM, on loopback. Arguments: home directory, HTTP port (0 for a free one),
 * file that gets the port when the node answers, then settings as name=value. Ends when standard input ends or on a signal.
 */
public final class OpenSearchNode extends Node {
  private OpenSearchNode(Environment environment, List<Class<? extends Plugin>> plugins) {
    super(environment, plugins, false);
  }

  public static void main(String[] arguments) throws Exception {
    Path home = Path.of(arguments[0]);
    Settings.Builder settings = Settings.builder()
        .put("path.home", home.toString())
        .put("path.data", home.resolve("data").toString())
        .put("cluster.name", "lookback")
        .put("node.name", "lookback-1")
        .put("discovery.type", "single-node")
        .put("network.host", "127.0.0.1")
        .put("http.port", arguments[1])
        .put("transport.port", "0")
        .put("transport.type", "netty4")
        .put("http.type", "netty4")
        .put("node.processors", "1")
        .put("cluster.routing.allocation.disk.threshold_enabled", "false");
    for (int at = 3; at < arguments.length; at++) {
      int equals = arguments[at].indexOf('=');
      settings.put(arguments[at].substring(0, equals), arguments[at].substring(equals + 1));
    }
    Node node = new OpenSearchNode(
        new Environment(settings.build(), home.resolve("config")), List.of(CommonAnalysisPlugin.class, Netty4Plugin.class, ReindexPlugin.class, MapperExtrasPlugin.class));
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      try {
        node.close();
      } catch (Exception error) {
        System.err.println("the node did not close: " + error);
      }
      ended.countDown();
    }));
    node.start();
    BoundTransportAddress address = node.injector().getInstance(HttpServerTransport.class).boundAddress();
    Path ready = Path.of(arguments[2]);
    Path part = ready.resolveSibling(ready.getFileName() + ".part");
    Files.writeString(part, String.valueOf(address.publishAddress().getPort()));
    Files.move(part, ready);
    while (System.in.read() >= 0) {
      // The starter holds the other end open for as long as the node is wanted.
    }
    System.exit(0);
  }
}
