// OpenSSL does the work under TLS; it reads and writes memory, and knows no socket. All that we
// need of it is here.

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <http/tls/context.hpp>
#include <http/tls/error.hpp>
#include <http/tls/session.hpp>
#include <http/websocket/crypto.hpp>

namespace http::tls {
namespace detail {

namespace {

struct Free {
  void operator()(SSL_CTX* context) const { ::SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { ::SSL_free(ssl); }
  void operator()(SSL_SESSION* session) const { ::SSL_SESSION_free(session); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

/// The newest session of each host. TLS 1.3 wants each to be used once, so that nobody can tell
/// that two connections have the same client.
class SessionStore {
 public:
  void put(const std::string& host, Owned<SSL_SESSION> session) {
    const std::lock_guard lock(mutex_);
    if (sessions_.size() >= most && !sessions_.contains(host)) sessions_.clear();
    sessions_[host] = std::move(session);
  }
  /// Null when there is none.
  Owned<SSL_SESSION> take(const std::string& host) {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(host);
    if (found == sessions_.end()) return nullptr;
    if (::SSL_SESSION_get_protocol_version(found->second.get()) >= TLS1_3_VERSION) {
      Owned<SSL_SESSION> once = std::move(found->second);
      sessions_.erase(found);
      return once;
    }
    ::SSL_SESSION_up_ref(found->second.get());
    return Owned<SSL_SESSION>(found->second.get());
  }

 private:
  static constexpr std::size_t most = 256;
  std::mutex mutex_;
  std::map<std::string, Owned<SSL_SESSION>> sessions_;
};

/// Where the sessions of a client go.
struct Client {
  std::string host;
  SessionStore* sessions = nullptr;
};

/// A server under TLS 1.3 gives sessions away whenever it likes.
int keep_session(SSL* ssl, SSL_SESSION* session) {
  const auto* const client = static_cast<const Client*>(SSL_get_app_data(ssl));
  if (client->sessions == nullptr || client->host.empty()) return 0;
  if (::SSL_SESSION_is_resumable(session) == 0) return 0;
  client->sessions->put(client->host, Owned<SSL_SESSION>(session));
  return 1;  // it is ours
}

// As ALPN has it: each name after its length.
constexpr std::array<unsigned char, 9> http_1_1{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

std::string last_words() {
  const char* const reason = ::ERR_reason_error_string(::ERR_peek_last_error());
  return reason == nullptr ? "unknown error" : reason;
}

[[noreturn]] void throw_unusable(const std::string& what) {
  const std::string why = last_words();
  ::ERR_clear_error();
  throw Error(Reason::bad_certificate, what + ": " + why);
}

Reason reason_of(long verdict) {
  switch (verdict) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return Reason::expired;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return Reason::not_yet_valid;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return Reason::self_signed;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return Reason::unknown_issuer;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return Reason::wrong_name;
    default:
      return Reason::bad_certificate;
  }
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
  unsigned char* found = nullptr;
  const int result = ::SSL_select_next_proto(&found, size, http_1_1.data(), http_1_1.size(),
                                             offered, offered_size);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

struct ContextState {
  explicit ContextState(bool for_server) : server(for_server) {
    context.reset(::SSL_CTX_new(::TLS_method()));
    if (!context) throw std::bad_alloc();
    ::SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    ::SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
    ::SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  }

  const bool server;
  bool verify = false;
  Owned<SSL_CTX> context;
  SessionStore sessions;
};

struct Session::Machine {
  Machine(ContextState& settings, std::string name)
      : client{std::move(name), settings.server ? nullptr : &settings.sessions} {
    ssl.reset(::SSL_new(settings.context.get()));
    in = ::BIO_new(::BIO_s_mem());
    out = ::BIO_new(::BIO_s_mem());
    if (!ssl || in == nullptr || out == nullptr) {
      ::BIO_free(in);
      ::BIO_free(out);
      throw std::bad_alloc();
    }
    ::SSL_set_bio(ssl.get(), in, out);
    SSL_set_app_data(ssl.get(), &client);
  }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  void expect(bool verify);
  SSL* get() const { return ssl.get(); }

  Client client;
  Owned<SSL> ssl;
  BIO* in = nullptr;  // of the SSL, as `out` is
  BIO* out = nullptr;
  bool begun = false;   // a byte has come
  bool failed = false;  // nothing may be asked of it any more
};

/// A client tells the server which host it wants, and accepts no other.
void Session::Machine::expect(bool verify) {
  const std::string& host = client.host;
  X509_VERIFY_PARAM* const wanted = ::SSL_get0_param(get());
  const bool is_address = ::X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1;
  ::ERR_clear_error();
  if (is_address) return;
  ::SSL_set_hostflags(get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const bool named = ::SSL_set_tlsext_host_name(get(), host.c_str()) == 1;
  const bool expected = !verify || ::SSL_set1_host(get(), host.c_str()) == 1;
  ::ERR_clear_error();
  if (!named || !expected) throw std::invalid_argument("start_tls: no host name: " + host);
}

namespace {

std::string name_of(const std::string& host) {
  if (host.find('\0') != host.npos) throw std::invalid_argument("start_tls: a NUL in the host");
  return host.ends_with('.') ? host.substr(0, host.size() - 1) : host;
}

}  // namespace

Session::Session(Context context, const std::string& host) : context_(std::move(context)) {
  if (!context_) throw std::invalid_argument("start_tls: there is no context");
  ContextState& shared = *context_.state_;
  if (!shared.server && shared.verify && host.empty()) {
    throw std::invalid_argument("start_tls: a client needs the name of the host that it expects");
  }
  machine_ = std::make_unique<Machine>(shared, name_of(host));
  SSL* const ssl = machine_->get();
  if (shared.server) {
    ::SSL_set_accept_state(ssl);
    return;
  }
  ::SSL_set_connect_state(ssl);
  const std::string& name = machine_->client.host;
  if (name.empty()) return;
  machine_->expect(shared.verify);
  if (const auto old = shared.sessions.take(name)) ::SSL_set_session(ssl, old.get());
}

Session::~Session() = default;

void Session::put(std::string_view secret) {
  if (secret.empty()) return;
  // Whatever is said under TLS begins with a handshake or an alert.
  const char first = secret.front();
  if (!std::exchange(machine_->begun, true) && first != '\x16' && first != '\x15') {
    machine_->failed = true;
    throw Error(Reason::plain_text, "the other side does not speak TLS, but plain text");
  }
  std::size_t taken = 0;
  if (::BIO_write_ex(machine_->in, secret.data(), secret.size(), &taken) != 1) {
    throw std::bad_alloc();
  }
}

/// Whether a step was done; otherwise it needs more input, or there is none.
bool Session::check_step(int result) {
  if (result > 0) return true;
  const int error = ::SSL_get_error(machine_->get(), result);
  if (error == SSL_ERROR_WANT_READ) return false;
  if (error != SSL_ERROR_ZERO_RETURN) fail();
  ended_ = true;
  return false;
}

void Session::fail() {
  machine_->failed = true;
  const int code = ERR_GET_REASON(::ERR_peek_error());
  const std::string why = last_words();
  ::ERR_clear_error();
  const long verdict = ::SSL_get_verify_result(machine_->get());
  if (code == SSL_R_CERTIFICATE_VERIFY_FAILED && verdict != X509_V_OK) {
    const std::string& host = machine_->client.host;
    const std::string whose = host.empty() ? "" : " of " + host;
    throw Error(reason_of(verdict), "the certificate" + whose +
                                        " is refused: " + ::X509_verify_cert_error_string(verdict));
  }
  const bool is_alert = code >= SSL_AD_REASON_OFFSET;
  throw Error(is_alert ? Reason::refused : Reason::protocol,
              (is_alert ? "the other side has broken TLS off: " : "TLS has failed: ") + why);
}

bool Session::shake_hands() {
  ::ERR_clear_error();
  return check_step(::SSL_do_handshake(machine_->get()));
}

void Session::read(aio::detail::ByteBuffer& clear) {
  std::array<char, 16 * 1024> room;
  while (!ended_) {
    std::size_t count = 0;
    ::ERR_clear_error();
    const int result = ::SSL_read_ex(machine_->get(), room.data(), room.size(), &count);
    if (!check_step(result)) return;
    clear.append({room.data(), count});
  }
}

void Session::write(std::string_view clear) {
  if (clear.empty()) return;
  std::size_t taken = 0;
  ::ERR_clear_error();
  const int result = ::SSL_write_ex(machine_->get(), clear.data(), clear.size(), &taken);
  if (!check_step(result)) throw Error(Reason::protocol, "TLS takes nothing more to send");
}

void Session::shut_down() {
  if (machine_->failed || ::SSL_is_init_finished(machine_->get()) == 0) return;
  ::ERR_clear_error();
  ::SSL_shutdown(machine_->get());
  ::ERR_clear_error();
}

std::string_view Session::output() const {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(machine_->out, &bytes);
  return {bytes, size > 0 ? static_cast<std::size_t>(size) : 0};
}

void Session::drop_output() { static_cast<void>(BIO_reset(machine_->out)); }

std::string Session::version() const { return ::SSL_get_version(machine_->get()); }

std::string Session::protocol() const {
  const unsigned char* name = nullptr;
  unsigned int size = 0;
  ::SSL_get0_alpn_selected(machine_->get(), &name, &size);
  return std::string(reinterpret_cast<const char*>(name), size);
}

bool Session::resumed() const { return ::SSL_session_reused(machine_->get()) == 1; }

}  // namespace detail

Context Context::client(const ClientOptions& options) {
  auto state = std::make_shared<detail::ContextState>(false);
  SSL_CTX* const context = state->context.get();
  state->verify = options.verify;
  ::SSL_CTX_set_verify(context, options.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  const std::string& file = options.authorities;
  const int loaded = file.empty() ? ::SSL_CTX_set_default_verify_paths(context)
                                  : ::SSL_CTX_load_verify_file(context, file.c_str());
  if (options.verify && loaded != 1) {
    detail::throw_unusable("the certificates of those to be trusted cannot be read, " + file);
  }
  ::SSL_CTX_set_alpn_protos(context, detail::http_1_1.data(), detail::http_1_1.size());
  ::SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  ::SSL_CTX_sess_set_new_cb(context, detail::keep_session);
  return Context(std::move(state));
}

Context Context::server(const std::string& certificate_file, const std::string& key_file) {
  auto state = std::make_shared<detail::ContextState>(true);
  SSL_CTX* const context = state->context.get();
  if (::SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1) {
    detail::throw_unusable("the certificate cannot be read, " + certificate_file);
  }
  if (::SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      ::SSL_CTX_check_private_key(context) != 1) {
    detail::throw_unusable("the key cannot be read, or is not the certificate's, " + key_file);
  }
  ::SSL_CTX_set_alpn_select_cb(context, detail::choose_protocol, nullptr);
  const std::string_view name = "loopwright";
  ::SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(name.data()),
                                   static_cast<unsigned int>(name.size()));
  return Context(std::move(state));
}

bool Context::is_server() const { return state_->server; }

}  // namespace http::tls

// ── the little cryptography that WebSocket needs ──

namespace http::detail {

namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes_of(bytes),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::string sha1_base64(std::string_view text) {
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
  ::SHA1(bytes_of(text), text.size(), digest.data());
  return base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

void fill_randomly(std::span<unsigned char> bytes) {
  if (::RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1) return;
  throw std::runtime_error("the system gives no random numbers");
}

}  // namespace http::detail
