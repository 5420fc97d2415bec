// Name: Only good answers are JSON
// Says: your service says what is wrong in plain text
// Caught-by: Use13f_Nobody.IsSaidInJson, Use13f_Wrong.IsSaidInJson

//: use-13f
http::Response problem(int status, const char* detail) { return http::Response(status, detail); }
