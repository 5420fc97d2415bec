// Name: Every 3xx is a redirect
// Says: your redirect_target() follows every status from 300 to 399
// Caught-by: Step5_Target.IsOnlyThatOfARedirect

//: 13.5
inline std::optional<Url> redirect_target(const Response& response, const Url& from) {
  const int status = response.status;
  if (status < 300 || status > 399) return {};
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
  } catch (const UrlError& error) {
    throw RedirectError("a redirect from " + from.text() + " leads to no URL: " + error.what());
  }
}
