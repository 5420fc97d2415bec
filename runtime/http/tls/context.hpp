#pragma once
// What connections under TLS have in common: whom they trust, who they are, and old sessions.

#include <memory>
#include <string>

namespace http::tls {

namespace detail {
class Session;
struct ContextState;
}  // namespace detail

/// How a client under TLS works.
struct ClientOptions {
  ClientOptions() {}
  /// Trusts those whose certificates are in this file (PEM), instead of those of the system.
  explicit ClientOptions(std::string trusted_file) : authorities(std::move(trusted_file)) {}

  std::string authorities;  // empty: those that the system trusts
  bool verify = true;       // false: anybody may be at the other end, and nothing is secret
};

/// One side's settings, shared by its connections. A copy is another handle of the same. It may be
/// used by several threads at once.
class Context {
 public:
  /// None: it says no more than that.
  Context() = default;
  /// Verifies certificates and host names, and takes up sessions that it had. Throws Error when the
  /// authorities cannot be read.
  static Context client(const ClientOptions& options = ClientOptions());
  /// Shows the first certificate of a file (PEM), with the others as its chain; its key is in
  /// `key_file`. Throws Error when they cannot be read, or do not belong together.
  static Context server(const std::string& certificate_file, const std::string& key_file);

  /// Whether it is one.
  explicit operator bool() const { return state_ != nullptr; }
  bool is_server() const;

 private:
  friend detail::Session;
  explicit Context(std::shared_ptr<detail::ContextState> state) : state_(std::move(state)) {}
  std::shared_ptr<detail::ContextState> state_;
};

}  // namespace http::tls
