// Name: Leaves TLS
// Says: your redirect_target() follows from https to http
// Caught-by: Step5_Target.MustBeOneThatCanBeAskedInPrivate

//: 13.5
inline std::optional<Url> redirect_target(const Response& response, const Url& from) {
  const int status = response.status;
  if (status != 301 && status != 302 && status != 303 && status != 307 && status != 308) return {};
  const std::optional<std::string_view> location = response.headers.get("Location");
  if (!location) return {};
  try {
    const Url to = from.resolve(*location);
    if (to.scheme() != "http" && to.scheme() != "https") {
      throw RedirectError("a redirect leads from " + from.text() + " to " + to.text());
    }
    if (false) {
      throw RedirectError("a redirect leads from " + from.text() + " to " + to.text() +
                          ", where everybody could read along");
    }
    return to;
  } catch (const UrlError& error) {
    throw RedirectError("a redirect from " + from.text() + " leads to no URL: " + error.what());
  }
}
