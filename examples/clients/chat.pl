# The short form of a client: Perl, with Mojolicious, written from docs/protocol/plain.md alone. What it hears it hears
# once and without gaps, over any number of connections; what is typed while there is none is lost.
#     perl chat.pl ws://127.0.0.1:3000/hawser/ws TOKEN ROOM NAME
use Mojo::Base -strict, -signatures;
use Mojo::IOLoop;
use Mojo::JSON qw(decode_json j true);
use Mojo::UserAgent;
use Mojo::Util qw(decode);

my ($url, $token, $room, $name) = @ARGV;
my $agent = Mojo::UserAgent->new(inactivity_timeout => 50);    # the server pings every 25 s
my ($line, $session, $position, $id, $wait) = (undef, undef, undef, 0, 0.1);
my $say = sub ($message) { $line->send({json => $message}) if $line };
$| = 1;

my %hear = (
    connected => sub ($message, $about) {
        ($wait, $session) = (0.1, $about->{session});
        return if $about->{recovered};
        $position = $about->{position};
        $say->({event => 'hello', data => [$name], id => ++$id});
        $say->({subscribe => [$room]});
    },
    event => sub ($message, $event) {
        $position = $message->{position} // $position;
        $say->({ack => $message->{id}, data => [$name]}) if defined $message->{id};
        $say->({event => 'say', data => [$room, "$name heard it"], id => ++$id})
            if $event eq 'chat' && $message->{data}[1] eq 'ping-from-browser';
    },
    live => sub ($message, $now) { $position = $now },
    error => sub ($message, $error) { exit 1 if $error->{code} eq 'REFUSED' },
);

sub come_back ($retry) {
    exit 1 unless $retry // 1;    # "retry": false
    my $pause = $wait > ($retry // 0) / 1000 ? $wait : $retry / 1000;
    Mojo::IOLoop->timer($pause * (1 + rand) => \&connect_once);
    $wait = $wait * 2 < 30 ? $wait * 2 : 30;
}

sub connect_once ($loop) {
    my $header = {Authorization => "Bearer $token"};
    $agent->websocket($url => $header => ['hawser.v1.json'] => sub ($agent, $tx) {
        return come_back(undef) unless $tx->is_websocket;
        $line = $tx;
        $tx->on(finish => sub ($tx, $code, $reason) {
            $line = undef;
            come_back((j($reason // '') // {})->{retry});
        });
        $tx->on(text => sub ($tx, $bytes) {
            say $bytes;
            my $message = decode_json $bytes;
            for my $verb (keys %hear) { $hear{$verb}->($message, $message->{$verb}) if exists $message->{$verb} }
        });
        $say->($session ? {recover => {session => $session, position => $position}} : {connect => {session => true}});
    });
}

my $keyboard = Mojo::IOLoop::Stream->new(\*STDIN)->timeout(0);
my $typed = '';
$keyboard->on(read => sub ($keyboard, $bytes) {
    $typed .= $bytes;
    while ($typed =~ s/^(.*)\n//) { $say->({event => 'say', data => [$room, decode('UTF-8', $1)], id => ++$id}) }
});
$keyboard->on(close => sub { $line ? $line->finish : exit; $line->on(finish => sub { exit }) });
$keyboard->start;
connect_once(undef);
Mojo::IOLoop->start;
