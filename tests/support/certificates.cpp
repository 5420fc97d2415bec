#include "support/certificates.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "support/spared.hpp"

namespace tests {
namespace {

struct Free {
  void operator()(X509* certificate) const { ::X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { ::EVP_PKEY_free(key); }
  void operator()(BIO* file) const { ::BIO_free_all(file); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

void check(bool well) {
  if (!well) throw std::runtime_error("a certificate for a test could not be made");
}

Owned<EVP_PKEY> make_key() {
  Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  check(key != nullptr);
  return key;
}

void add_extension(X509* certificate, int kind, const std::string& value) {
  X509_EXTENSION* const extension = ::X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
  check(extension != nullptr);
  ::X509_add_ext(certificate, extension, -1);
  ::X509_EXTENSION_free(extension);
}

Owned<X509> make_certificate(const std::string& name, EVP_PKEY* key, const Validity& validity) {
  static long serial = 1;
  Owned<X509> made(::X509_new());
  check(made != nullptr);
  ::X509_set_version(made.get(), X509_VERSION_3);
  ::ASN1_INTEGER_set(::X509_get_serialNumber(made.get()), ++serial);
  ::X509_gmtime_adj(::X509_getm_notBefore(made.get()), validity.from);
  ::X509_gmtime_adj(::X509_getm_notAfter(made.get()), validity.to);
  ::X509_set_pubkey(made.get(), key);
  ::X509_NAME_add_entry_by_txt(::X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return made;
}

void name_host(X509* certificate, const std::string& host) {
  const bool is_address = host.find_first_not_of("0123456789.:") == host.npos;
  add_extension(certificate, NID_subject_alt_name, (is_address ? "IP:" : "DNS:") + host);
}

void sign(X509* certificate, X509* issuer, EVP_PKEY* key) {
  ::X509_set_issuer_name(certificate, ::X509_get_subject_name(issuer));
  check(::X509_sign(certificate, key, ::EVP_sha256()) > 0);
}

Owned<BIO> open(const std::string& path, const char* mode) {
  Owned<BIO> file(::BIO_new_file(path.c_str(), mode));
  check(file != nullptr);
  return file;
}

CertificateFiles save(const std::filesystem::path& stem, X509* certificate, EVP_PKEY* key) {
  CertificateFiles files{stem.string() + ".pem", stem.string() + ".key"};
  check(::PEM_write_bio_X509(open(files.certificate, "w").get(), certificate) == 1);
  check(::PEM_write_bio_PrivateKey(open(files.key, "w").get(), key, nullptr, nullptr, 0, nullptr,
                                   nullptr) == 1);
  return files;
}

}  // namespace

Authority::Authority(const std::string& name) {
  std::string pattern = std::filesystem::temp_directory_path() / "loopwright-XXXXXX";
  check(::mkdtemp(pattern.data()) != nullptr);
  folder_ = pattern;
  const auto key = make_key();
  const auto own = make_certificate(name, key.get(), {});
  add_extension(own.get(), NID_basic_constraints, "critical,CA:TRUE");
  sign(own.get(), own.get(), key.get());
  save(folder_ / "authority", own.get(), key.get());
}

Authority::~Authority() {
  const Spared spared_here;
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

CertificateFiles Authority::issue(const std::string& host, const Validity& validity) const {
  const Owned<X509> issuer(
      ::PEM_read_bio_X509(open(certificate(), "r").get(), nullptr, nullptr, nullptr));
  const Owned<EVP_PKEY> its_key(
      ::PEM_read_bio_PrivateKey(open(key(), "r").get(), nullptr, nullptr, nullptr));
  check(issuer && its_key);
  const auto own_key = make_key();
  const auto made = make_certificate(host, own_key.get(), validity);
  name_host(made.get(), host);
  sign(made.get(), issuer.get(), its_key.get());
  return save(folder_ / ("issued-" + host), made.get(), own_key.get());
}

CertificateFiles Authority::self_signed(const std::string& host) const {
  const auto own_key = make_key();
  const auto made = make_certificate(host, own_key.get(), {});
  name_host(made.get(), host);
  sign(made.get(), made.get(), own_key.get());
  return save(folder_ / ("self-signed-" + host), made.get(), own_key.get());
}

}  // namespace tests
