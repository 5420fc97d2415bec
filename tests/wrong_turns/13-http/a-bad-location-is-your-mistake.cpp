// Name: A bad location is your mistake
// Says: your redirect_target() throws UrlError for what the server has sent: the program has made
//   no mistake
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
    if (from.secure() && !to.secure()) {
      throw RedirectError("a redirect leads from " + from.text() + " to " + to.text() +
                          ", where everybody could read along");
    }
    return to;
  } catch (const UrlError&) {
    throw;
  }
}
