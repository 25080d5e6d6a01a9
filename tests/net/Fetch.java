// SPDX-License-Identifier: MIT
// java Fetch.java PROXYPORT CAFILE VERSION URL: prints status, body and suite.
import java.io.FileInputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URL;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

public class Fetch {
	public static void main(String[] args) throws Exception {
		KeyStore store = KeyStore.getInstance("PKCS12");
		store.load(null, null);
		try (FileInputStream in = new FileInputStream(args[1])) {
			store.setCertificateEntry("ca", CertificateFactory
			    .getInstance("X.509").generateCertificate(in));
		}
		TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
		trust.init(store);
		Proxy proxy = new Proxy(Proxy.Type.HTTP, new InetSocketAddress(
		    "127.0.0.1", Integer.parseInt(args[0])));
		for (String version : args[2].split(",")) {
			System.setProperty("https.protocols", version);
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(null, trust.getTrustManagers(), null);
			HttpsURLConnection c = (HttpsURLConnection)
			    new URL(args[3] + version).openConnection(proxy);
			c.setSSLSocketFactory(context.getSocketFactory());
			c.setConnectTimeout(20000);
			c.setReadTimeout(20000);
			int status = c.getResponseCode();
			String body = new String(c.getInputStream().readAllBytes());
			X509Certificate leaf = (X509Certificate)
			    c.getServerCertificates()[0];
			System.out.println(status + " " + body + " " +
			    c.getCipherSuite() + " " +
			    leaf.getPublicKey().getAlgorithm());
			c.disconnect();
		}
	}
}
