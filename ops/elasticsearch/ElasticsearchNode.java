import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.pattern.PatternTokenizer;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.common.transport.BoundTransportAddress;
import org.elasticsearch.env.Environment;
import org.elasticsearch.http.HttpServerTransport;
import org.elasticsearch.index.IndexSettings;
import org.elasticsearch.index.analysis.AbstractTokenizerFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;
import org.elasticsearch.index.mapper.MapperExtrasPlugin;
import org.elasticsearch.indices.analysis.AnalysisModule;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;
import org.elasticsearch.reindex.ReindexPlugin;
import org.elasticsearch.transport.Netty4Plugin;

/**
 * One real Elasticsearch node in this JVM, on loopback. Arguments: home directory, HTTP port (0 for a free one),
 * file that gets the port when the node answers, then settings as name=value. Ends when standard input ends or on a signal.
 */
public final class ElasticsearchNode extends Node {
  private ElasticsearchNode(Environment environment, List<Class<? extends Plugin>> plugins) {
    super(environment, plugins, false);
  }

  /**
   * The tokenizer "pattern". A distribution has it in a module that is on no public repository; this registers the same class of
   * Lucene under the same name and setting.
   */
  public static final class PatternTokens extends Plugin implements AnalysisPlugin {
    @Override
    public Map<String, AnalysisModule.AnalysisProvider<TokenizerFactory>> getTokenizers() {
      return Map.of("pattern", (index, environment, name, settings) -> new PatternFactory(index, settings, name));
    }
  }

  private static final class PatternFactory extends AbstractTokenizerFactory {
    private final Pattern pattern;

    private PatternFactory(IndexSettings index, Settings settings, String name) {
      super(index, settings, name);
      pattern = Pattern.compile(settings.get("pattern", "\\W+"));
    }

    @Override
    public Tokenizer create() {
      return new PatternTokenizer(pattern, -1);
    }
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
    Node node = new ElasticsearchNode(
        new Environment(settings.build(), home.resolve("config")), List.of(Netty4Plugin.class, ReindexPlugin.class, MapperExtrasPlugin.class, PatternTokens.class));
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
