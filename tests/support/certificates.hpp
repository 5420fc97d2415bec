#pragma once
// Certificates for tests, made when they are needed, in a folder that goes with the object.
//
//   const tests::Authority authority;
//   const auto files = authority.issue("localhost");
//   http::tls::Context::server(files.certificate, files.key);

#include <filesystem>
#include <string>

namespace tests {

/// A certificate and its key, in files.
struct CertificateFiles {
  std::string certificate, key;
};

/// When a certificate is valid, in seconds from now.
struct Validity {
  long from = -3600, to = 3600;
};

/// Issues certificates.
class Authority {
 public:
  explicit Authority(const std::string& name = "Loopwright's tests");
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  /// The authority's own certificate: who trusts it trusts what it issues.
  std::string certificate() const { return folder_ / "authority.pem"; }
  std::string key() const { return folder_ / "authority.key"; }
  /// For a host name, or an address in numbers.
  CertificateFiles issue(const std::string& host, const Validity& validity = {}) const;
  /// One that nobody but itself has issued.
  CertificateFiles self_signed(const std::string& host) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace tests
