CREATE TABLE categorias (
    id           SERIAL PRIMARY KEY,
    nome         VARCHAR(80) NOT NULL,
    slug         VARCHAR(80) NOT NULL UNIQUE,
    categoria_pai_id INTEGER REFERENCES categorias (id),
    ordem        SMALLINT,
    ativa        BOOLEAN NOT NULL DEFAULT TRUE
);

CREATE TABLE marcas (
    id   SERIAL PRIMARY KEY,
    nome VARCHAR(60) NOT NULL,
    site VARCHAR(200)
);

CREATE TABLE clientes (
    id              BIGSERIAL PRIMARY KEY,
    nome            VARCHAR(60) NOT NULL,
    sobrenome       VARCHAR(60) NOT NULL,
    email           VARCHAR(120) NOT NULL UNIQUE,
    cpf             CHAR(11),
    telefone        VARCHAR(20),
    data_nascimento DATE,
    genero          CHAR(1),
    aceita_newsletter BOOLEAN NOT NULL DEFAULT FALSE,
    senha_hash      CHAR(60),
    criado_em       TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    ultimo_login_em TIMESTAMP,
    bloqueado_em    TIMESTAMP,
    motivo_bloqueio VARCHAR(100)
);

CREATE TABLE enderecos (
    id           BIGSERIAL PRIMARY KEY,
    cliente_id   BIGINT NOT NULL REFERENCES clientes (id),
    apelido      VARCHAR(30),
    cep          CHAR(8) NOT NULL,
    logradouro   VARCHAR(120) NOT NULL,
    numero       VARCHAR(10),
    complemento  VARCHAR(60),
    bairro       VARCHAR(60),
    cidade       VARCHAR(60) NOT NULL,
    uf           CHAR(2) NOT NULL,
    principal    BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE TABLE produtos (
    id              BIGSERIAL PRIMARY KEY,
    sku             VARCHAR(20) NOT NULL UNIQUE,
    nome            VARCHAR(150) NOT NULL,
    descricao       TEXT,
    categoria_id    INTEGER NOT NULL REFERENCES categorias (id),
    marca_id        INTEGER REFERENCES marcas (id),
    preco_custo     NUMERIC(10,2) NOT NULL,
    preco           NUMERIC(10,2) NOT NULL,
    preco_promocional NUMERIC(10,2),
    promocao_inicio TIMESTAMP,
    promocao_fim    TIMESTAMP,
    margem_pct      NUMERIC(6,2),
    peso_g          INTEGER,
    largura_cm      NUMERIC(6,1),
    altura_cm       NUMERIC(6,1),
    codigo_barras   CHAR(13),
    estoque         INTEGER NOT NULL DEFAULT 0,
    nota_media      NUMERIC(3,2),
    qtd_avaliacoes  INTEGER NOT NULL DEFAULT 0,
    ativo           BOOLEAN NOT NULL DEFAULT TRUE,
    criado_em       TIMESTAMP NOT NULL,
    descontinuado_em TIMESTAMP
);

CREATE TABLE cupons (
    codigo         VARCHAR(20) PRIMARY KEY,
    tipo           VARCHAR(12) NOT NULL CHECK (tipo IN ('percentual', 'valor_fixo', 'frete_gratis')),
    valor          NUMERIC(8,2) NOT NULL,
    valido_de      DATE NOT NULL,
    valido_ate     DATE NOT NULL,
    limite_uso     INTEGER,
    qtd_usada      INTEGER NOT NULL DEFAULT 0,
    valor_minimo_pedido NUMERIC(10,2)
);

CREATE TABLE pedidos (
    id              BIGSERIAL PRIMARY KEY,
    numero          VARCHAR(15) NOT NULL UNIQUE,
    cliente_id      BIGINT NOT NULL REFERENCES clientes (id),
    endereco_entrega_id  BIGINT REFERENCES enderecos (id),
    endereco_cobranca_id BIGINT REFERENCES enderecos (id),
    cupom_codigo    VARCHAR(20) REFERENCES cupons (codigo),
    status          VARCHAR(20) NOT NULL DEFAULT 'pendente',
    canal           VARCHAR(15),
    subtotal        NUMERIC(12,2) NOT NULL,
    desconto        NUMERIC(12,2) NOT NULL DEFAULT 0,
    frete           NUMERIC(10,2) NOT NULL DEFAULT 0,
    total           NUMERIC(12,2) NOT NULL,
    criado_em       TIMESTAMP NOT NULL,
    pago_em         TIMESTAMP,
    enviado_em      TIMESTAMP,
    entregue_em     TIMESTAMP,
    cancelado_em    TIMESTAMP,
    motivo_cancelamento VARCHAR(120),
    codigo_rastreio VARCHAR(20),
    ip_cliente      VARCHAR(45),
    user_agent      VARCHAR(300)
);
CREATE INDEX idx_pedidos_cliente ON pedidos (cliente_id);

CREATE TABLE itens_pedido (
    pedido_id      BIGINT NOT NULL REFERENCES pedidos (id),
    item           SMALLINT NOT NULL,
    produto_id     BIGINT NOT NULL REFERENCES produtos (id),
    quantidade     INTEGER NOT NULL CHECK (quantidade > 0),
    preco_unitario NUMERIC(10,2) NOT NULL,
    desconto       NUMERIC(10,2) NOT NULL DEFAULT 0,
    valor_total    NUMERIC(12,2) NOT NULL,
    PRIMARY KEY (pedido_id, item)
);

CREATE TABLE pagamentos (
    id            BIGSERIAL PRIMARY KEY,
    pedido_id     BIGINT NOT NULL REFERENCES pedidos (id),
    forma         VARCHAR(20) NOT NULL,
    bandeira      VARCHAR(20),
    parcelas      SMALLINT NOT NULL DEFAULT 1,
    valor         NUMERIC(12,2) NOT NULL,
    valor_parcela NUMERIC(12,2),
    status        VARCHAR(15) NOT NULL,
    criado_em     TIMESTAMP NOT NULL,
    aprovado_em   TIMESTAMP,
    recusado_em   TIMESTAMP,
    codigo_erro   VARCHAR(20),
    nsu           VARCHAR(12)
);

CREATE TABLE avaliacoes (
    id          BIGSERIAL PRIMARY KEY,
    produto_id  BIGINT NOT NULL REFERENCES produtos (id),
    cliente_id  BIGINT NOT NULL REFERENCES clientes (id),
    nota        SMALLINT NOT NULL,
    titulo      VARCHAR(100),
    comentario  TEXT,
    criado_em   TIMESTAMP NOT NULL,
    aprovada    BOOLEAN,
    moderada_em TIMESTAMP
);

CREATE TABLE devolucoes (
    id            BIGSERIAL PRIMARY KEY,
    pedido_id     BIGINT NOT NULL,
    item          SMALLINT NOT NULL,
    quantidade    INTEGER NOT NULL,
    motivo        VARCHAR(60),
    solicitada_em TIMESTAMP NOT NULL,
    recebida_em   TIMESTAMP,
    reembolsada_em TIMESTAMP,
    valor_reembolso NUMERIC(12,2),
    FOREIGN KEY (pedido_id, item) REFERENCES itens_pedido (pedido_id, item)
);
