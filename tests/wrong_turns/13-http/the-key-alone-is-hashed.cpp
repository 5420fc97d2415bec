// Name: The key alone is hashed
// Says: your accept_for() leaves out the number that RFC 6455 adds to the key
// Caught-by: Step6_Handshake.ShowsThatTheKeyWasUnderstood

//: 13.6
inline std::string accept_for(std::string_view key) { return sha1_base64(std::string(key)); }
