-- Une boutique en ligne : clients, produits, commandes et leurs lignes. PostgreSQL.
CREATE TABLE client (
    client_id        INT PRIMARY KEY,
    prenom           VARCHAR(40) NOT NULL,
    nom              VARCHAR(40) NOT NULL,
    ville            VARCHAR(40) NOT NULL,
    code_postal      CHAR(5) NOT NULL,
    date_inscription DATE NOT NULL
);

CREATE TABLE produit (
    produit_id    INT PRIMARY KEY,
    nom_produit   VARCHAR(60) NOT NULL,
    prix_unitaire DECIMAL(8, 2) NOT NULL
);

CREATE TABLE commande (
    commande_id     INT PRIMARY KEY,
    client_id       INT NOT NULL REFERENCES client,
    date_commande   TIMESTAMP NOT NULL,
    statut          VARCHAR(15) NOT NULL,
    date_expedition TIMESTAMP,
    date_livraison  TIMESTAMP,
    montant_total   DECIMAL(10, 2) NOT NULL
);

CREATE TABLE ligne_commande (
    commande_id   INT NOT NULL REFERENCES commande,
    numero_ligne  INT NOT NULL,
    produit_id    INT NOT NULL REFERENCES produit,
    quantite      INT NOT NULL,
    prix_unitaire DECIMAL(8, 2) NOT NULL,
    montant       DECIMAL(10, 2) NOT NULL,
    PRIMARY KEY (commande_id, numero_ligne)
);
