// HTTPS: a server that shows a certificate, and three clients, two of whom have reason not to
// believe it.

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

#include <aio/coro.hpp>
#include <aio/task.hpp>
#include <http/client.hpp>
#include <http/server.hpp>

namespace fs = std::filesystem;
namespace tls = http::tls;

namespace {

/// A folder that goes with the object.
class TemporaryFolder {
 public:
  TemporaryFolder() : path_((fs::temp_directory_path() / "lesson-13-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no temporary folder");
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// A certificate for localhost that nobody but its owner has signed.
class Certificate {
 public:
  Certificate() {
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 "
        "-subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout '" +
        key() + "' -out '" + file() + "' 2>/dev/null";
    const int status = std::system(command.c_str());
    if (status != 0) throw std::runtime_error("this needs openssl: apt-get install openssl");
  }
  std::string file() const { return folder_.path() + "/certificate.pem"; }
  std::string key() const { return folder_.path() + "/key.pem"; }

 private:
  TemporaryFolder folder_;
};

aio::Coro<http::Response> hello(http::ServerRequest&) {
  co_return http::Response(200, "nobody else can read this");
}

// [secure]
aio::Coro<http::Server> serve_securely(const Certificate& certificate) {
  http::ServerOptions options;
  options.tls = tls::Context::server(certificate.file(), certificate.key());
  return http::serve(hello, "localhost", 0, options);
}

/// Trusts what the context trusts.
aio::Coro<> ask(const char* who, tls::Context trust, std::string url) {
  http::Client client(http::ClientOptions(), http::tcp_connector(trust));
  try {
    const http::ClientResponse response = co_await client.get(url);
    std::printf("%-20s %s\n", who, response.body.c_str());
  } catch (const tls::Error& error) {
    std::printf("%-20s %s\n", who, error.what());
  }
}
// [/secure]

aio::Coro<> run() {
  const Certificate certificate;
  const http::Server server = co_await serve_securely(certificate);
  const std::string port = std::to_string(server.port());
  const tls::Context of_system = tls::Context::client();
  const tls::Context ours = tls::Context::client(tls::ClientOptions(certificate.file()));
  co_await ask("trusts it:", ours, "https://localhost:" + port + "/");
  co_await ask("trusts the system:", of_system, "https://localhost:" + port + "/");
  co_await ask("wants another host:", ours, "https://127.0.0.1:" + port + "/");
}

}  // namespace

int main() {
  try {
    aio::run(run());
  } catch (const std::exception& error) {
    std::printf("%s\n", error.what());
    return 1;
  }
}
