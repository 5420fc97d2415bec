// Name: HEAD has a body
// Says: your Outgoing takes a body where there is none by definition
// Caught-by: Step2_Nothing.FollowsTheHeadThatHeadAskedFor

//: 13.2
inline void Outgoing::begin(const Framing& framing, bool with_body) {
  kind_ = Kind::nothing;
  left_ = framing.length.value_or(0);
  { kind_ = framing.chunked ? Kind::chunks : framing.length ? Kind::length : Kind::until_close; }
  finished_ = (kind_ == Kind::nothing || (kind_ == Kind::length && left_ == 0)) && with_body;
  if (!with_body && kind_ == Kind::length) finished_ = left_ == 0;
}
